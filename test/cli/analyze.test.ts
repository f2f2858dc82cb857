import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runCli, temporaryFolder } from '../support/cli.js';

interface Point {
  readonly real: number;
  readonly imag: number;
}

const vector = (name: string) =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));
const analyze = async (csv: string, ...args: (string | number)[]) => {
  const { code, stdout, stderr } = await runCli(['analyze', '-', '--json', ...args.map(String)], csv);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};
const rows = (...columns: readonly (readonly number[])[]): string =>
  (columns[0] ?? []).map((_, row) => columns.map((column) => column[row]).join(',')).join('\n');
const parts = (points: readonly Point[]) =>
  [points.map(({ real }) => real), points.map(({ imag }) => imag)] as const;
const difference = (a: Point, b: Point) => Math.hypot(a.real - b.real, a.imag - b.imag);

describe('the vectors of section 4, with and without a time column', () => {
  const { cases } = vector('resonance');
  // biome-ignore lint/suspicious/noExplicitAny: a vector file
  test.each(cases.map((one: any) => [one.name, one]))('%s', async (_, one: any) => {
    const times = one.phi.map((_point: Point, step: number) => step * one.dt);
    const asked = ['--tau-max', one.tau_max, '--window', one.window, '--omega', one.omega];
    const timed = await analyze(`time,real,imag\n${rows(times, ...parts(one.phi))}`, ...asked);
    const bare = await analyze(`real,imag\n${rows(...parts(one.phi))}`, '--period', one.dt, ...asked);
    for (const { resonance } of [timed, bare]) {
      expect(resonance).toHaveLength(one.resonance.length);
      for (const [index, lag] of one.resonance.entries()) {
        expect(difference(resonance[index], lag.T)).toBeLessThan(1e-9);
        expect(Math.abs(resonance[index].tau - lag.tau)).toBeLessThan(1e-9);
        expect(Math.abs(resonance[index].power - lag.power)).toBeLessThan(1e-9);
        expect(Math.abs(resonance[index].n_eff - lag.n_eff)).toBeLessThan(1e-9);
      }
    }
  });
});

test('the vectors of sections 2 and 3: a local phase that follows at once is z', async () => {
  const { tau_base, times, z, local } = vector('local-phase');
  const phase = await analyze(`time,real,imag\n${rows(times, ...parts(z))}`, '--tau-base', tau_base);
  expect(difference(phase.local, local.at(-1))).toBeLessThan(1e-9);
  for (const { frequency, bandwidth, times: at, x, z_every_50th } of vector('rhythm').cases) {
    const last = 50 * (z_every_50th.length - 1) + 1;
    const csv = `time,value\n${rows(at.slice(0, last), x.slice(0, last))}`;
    const found = await analyze(
      csv,
      '--encoder',
      'rhythm',
      '--frequency',
      frequency,
      '--bandwidth',
      bandwidth,
      '--tau-base',
      1e-9,
    );
    expect(difference(found.local, z_every_50th.at(-1))).toBeLessThan(1e-9);
  }
});

test('a formula is an encoder, ISO times are times, and a missing cell is a rejected reading', async () => {
  const csv = 'time,value\n2026-02-19T23:00:00Z,0.25\n2026-02-19T23:00:00.5Z,\n2026-02-19T23:00:01Z,0.25\n';
  const found = await analyze(csv, '--encoder', 'expression', 'exp(2*pi*i*x)');
  expect(found).toMatchObject({
    samples: 3,
    rejected: 1,
    encoder: 'expression',
    coherence: expect.closeTo(1, 12),
  });
  expect(difference(found.local, { real: 0, imag: 1 })).toBeLessThan(1e-12);
});

test('a recording of several columns is analysed by one of them', async () => {
  const csv = 'time,cpu,memory\n0,1,5\n1,2,6\n2,3,7\n';
  const found = await analyze(
    csv,
    '--column',
    'memory',
    '--encoder',
    'level',
    '--min',
    5,
    '--max',
    7,
    '--tau-base',
    1e-9,
  );
  expect(found).toMatchObject({ samples: 3, local: { real: 1, imag: 0 } });
});

test('a table for people, and a drawing', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'tone.csv');
  const plot = join(folder.path, 'tone.svg');
  const steps = Array.from({ length: 2000 }, (_, step) => step / 10);
  await writeFile(
    file,
    `time,value\n${rows(
      steps,
      steps.map((time) => Math.cos(0.5 * time)),
    )}`,
  );
  const { code, stdout } = await runCli([
    'analyze',
    file,
    '--encoder',
    'rhythm',
    '--frequency',
    '0.08',
    '--tau-max',
    '20',
    '--plot',
    plot,
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/samples {4}2000 \(0 rejected, 0 limited\), encoder rhythm/);
  expect(stdout).toMatch(/collapsed {2}yes/);
  expect(await readFile(plot, 'utf8')).toMatch(
    /^<svg [\s\S]*collapse 0\.8[\s\S]*<polyline points="[\d., ]+"[\s\S]*<\/svg>\n$/,
  );
});

describe('defined results for recordings that say little', () => {
  test('a single sample', async () => {
    expect(await analyze('time,value\n0,5')).toMatchObject({
      samples: 1,
      period: null,
      resonance: [],
      best: null,
      collapsed: false,
    });
  });
  test('a constant signal', async () => {
    const constant = await analyze(`value\n${'5\n'.repeat(500)}`, '--period', '0.1');
    expect(constant).toMatchObject({
      coherence: 0,
      best: null,
      collapsed: false,
      local: { real: 0, imag: 0 },
    });
  });
  test('times that repeat or run backwards', async () => {
    expect(await analyze('time,value\n0,1\n1,2\n1,3\n0.5,4\n2,5', '--tau-max', 2)).toMatchObject({
      samples: 5,
      rejected: 2,
    });
  });
  test('a gap longer than the window starts the grid afresh', async () => {
    const before = Array.from({ length: 300 }, (_, step) => step / 10);
    const times = [...before, ...before.map((time) => time + 1000)];
    const { resonance } = await analyze(
      `time,value\n${rows(times, times.map(Math.sin))}`,
      '--tau-max',
      2,
      '--window',
      4,
    );
    const alone = await analyze(
      `time,value\n${rows(times, times.map(Math.sin))}`,
      '--tau-max',
      2,
      '--window',
      4,
      '--period',
      0.1,
    );
    expect(resonance[0].n_eff).toBeLessThanOrEqual(80);
    expect(alone.resonance).toEqual(resonance);
  });
});

describe('a clear refusal', () => {
  test.each([
    ['', [], 'found nothing, expected a header time,value or time,real,imag'],
    ['a,b\n1,2', [], 'found the header "a,b", expected time,value or time,real,imag'],
    ['value\n1', [], 'found no column time, expected one, or --period'],
    ['time,cpu\n0,1', ['--column', 'memory'], 'found no column "memory", expected one of time, cpu'],
    ['time,value\n0,1\n1,warm', [], '-:3: found "warm", expected a number'],
    ['time,value\nnoon,1', [], '-:2: found the time "noon", expected seconds or ISO 8601'],
    [
      'time,value\n0,1',
      ['--period', '1', '--tau-max', '0.5'],
      "a tau_max of 0.5 s is below the grid's period",
    ],
    [
      'time,value\n0,1',
      ['--encoder', 'rhythm', '--frequency', '1', '--bandwidth', '2'],
      'bandwidth: found 2, expected a number at most the frequency',
    ],
    ['time,value\n0,1', ['--encoder', 'level'], 'found no range, expected --min and --max'],
    ['time,value\n0,1', ['--encoder', 'expression'], 'formula: found nothing, expected text'],
    ['time,value\n0,1', ['--encoder', 'expression', 'while(true)'], 'the function while is not allowed'],
    ['time,value\n0,1', ['--encoder', 'expression', 'ones(300, 300)'], 'the function ones is not allowed'],
    ['time,value\n0,1', ['--encoder', 'magic'], 'found "magic", expected one of level, trend'],
  ])('%j %j', async (csv, args, sentence) => {
    const { code, stdout, stderr } = await runCli(['analyze', '-', ...args], csv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
  });
});
