import { execFileSync } from 'node:child_process';
import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { replayInput } from '../../../adapters/input/replay.js';
import { readMeasuredAt } from '../../../adapters/measured-at.js';
import { cellsOf, readRecording } from '../../../adapters/recording.js';
import { explain } from '../../../contract/explain.js';
import { formatTimestamp, secondsBetween } from '../../../contract/instant.js';
import { until } from '../../support/until.js';
import { createInputBench, describeInput } from './input-suite.js';
import { type RunningInput, runInput, valuesOf } from './running-input.js';
import { temporaryFolder } from './temporary-folder.js';

const ROWS = 'time,value\n0,1\n0.001,2\n0.002,3\n';

describeInput(replayInput, async () => {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'recording.csv');
  await writeFile(file, ROWS);
  return {
    options: { file, loop: true },
    async kill() {
      await rm(file);
      await delay(5);
      await writeFile(file, ROWS);
    },
    ruin: () => rm(file),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});

/** A recording that plays by a clock that the test moves. */
async function playing(text: string, options: object = {}, everySeconds = 10) {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'recording.csv');
  await writeFile(file, text);
  const input = runInput(replayInput, { file, ...options }, everySeconds);
  const start = input.clock.nowSeconds();
  return {
    file,
    input,
    /** Seconds from the start at which each reading is stamped. */
    times: () =>
      input.readings.map(({ at }) =>
        round(secondsBetween({ wholeSeconds: start, fraction: 0 }, at ?? never())),
      ),
    async [Symbol.asyncDispose]() {
      await input[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function never(): never {
  throw new Error('a reading of a recording has no time');
}

const round = (seconds: number): number => Math.round(seconds * 1e9) / 1e9;
const waiting = (input: RunningInput, waits: number): Promise<void> =>
  until(() => input.waits === waits, `wait ${waits}`);
const read = (input: RunningInput, count: number): Promise<void> =>
  until(() => input.readings.length === count, `reading ${count}`);

/** Moves the clock to each wait's end, until the recording has ended. */
async function playToEnd(input: RunningInput, stepSeconds: number): Promise<void> {
  const limit = performance.now() + 5000;
  while (input.losses.length === 0 && performance.now() < limit) {
    const { length } = input.readings;
    await delay(1);
    if (input.readings.length === length) input.clock.advance(stepSeconds);
  }
}

describe('the timing', () => {
  test('is that of the recording, from now on', async () => {
    await using world = await playing('time,value\n1000,1\n1002.5,2\n1003,3\n');
    const { input } = world;
    await waiting(input, 1);
    expect(valuesOf(input)).toEqual([1]);
    input.clock.advance(2.4);
    expect(valuesOf(input)).toEqual([1]);
    input.clock.advance(0.1);
    await waiting(input, 2);
    input.clock.advance(0.5);
    await read(input, 3);
    expect(valuesOf(input)).toEqual([1, 2, 3]);
    expect(world.times()).toEqual([0, 2.5, 3]);
  });

  test.each([
    [10, [0, 0.25, 0.3]],
    [0.5, [0, 5, 6]],
  ])('is scaled by a speed of %d', async (speed, times) => {
    await using world = await playing('time,value\n1000,1\n1002.5,2\n1003,3\n', { speed });
    await playToEnd(world.input, 0.05);
    expect(world.times()).toEqual(times);
  });

  test('does not drift: what was late is stamped when it was due, and the next one comes in time', async () => {
    await using world = await playing('time,value\n0,1\n1,2\n2,3\n3,4\n');
    const { input } = world;
    await waiting(input, 1);
    input.clock.advance(2.7);
    await waiting(input, 2);
    expect(valuesOf(input)).toEqual([1, 2, 3]);
    input.clock.advance(0.3);
    await read(input, 4);
    expect(world.times()).toEqual([0, 1, 2, 3]);
  });

  test('is not moved by a wall clock that is set', async () => {
    await using world = await playing('time,value\n0,1\n1,2\n2,3\n');
    const { input } = world;
    for (const jump of [3600, -7200]) {
      await until(() => input.waits === input.readings.length, 'the wait');
      input.clock.setNow(input.clock.nowSeconds() + jump);
      input.clock.advance(1);
    }
    await read(input, 3);
    expect(world.times()).toEqual([0, 1, 2]);
  });

  test('is every where there is no time', async () => {
    await using world = await playing('value\n1\n2\n\n3\n', { speed: 2 }, 5);
    await playToEnd(world.input, 0.5);
    expect(valuesOf(world.input)).toEqual([1, 2, 3]);
    expect(world.times()).toEqual([0, 2.5, 5]);
  });

  test('may have gaps that are longer than a timer', async () => {
    await using world = await playing('time,value\n2026-01-01T00:00:00Z,1\n2026-03-01T00:00:00Z,2\n');
    const { input } = world;
    await waiting(input, 1);
    for (let day = 1; day < 59; day += 1) {
      input.clock.advance(86_400);
      await waiting(input, day + 1);
      expect(valuesOf(input)).toEqual([1]);
    }
    input.clock.advance(86_400);
    await read(input, 2);
    expect(world.times()).toEqual([0, 59 * 86_400]);
  });

  test('goes on over the seam of a loop, by the last step', async () => {
    await using world = await playing('time,value\n5,1\n6,2\n8,3\n', { loop: true });
    const { input } = world;
    while (input.readings.length < 7) {
      await delay(1);
      input.clock.advance(0.5);
    }
    expect(valuesOf(input).slice(0, 7)).toEqual([1, 2, 3, 1, 2, 3, 1]);
    expect(world.times().slice(0, 7)).toEqual([0, 1, 3, 5, 6, 8, 10]);
    expect(input.losses).toEqual([]);
  });
});

describe('the columns', () => {
  const readAll = async (text: string, options: object = {}) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'r.csv');
    await writeFile(file, text);
    const rows = [];
    for await (const row of readRecording(replayInput.options.parse({ file, ...options }))) rows.push(row);
    return rows.map((row) => ('reason' in row ? row.reason.replace(file, 'FILE') : row));
  };

  test.each([
    ['time,value\n1.5,21.5\n', {}, { value: 21.5, at: { wholeSeconds: 1, fraction: 0.5 } }],
    ['\uFEFFTime, Value\r\n1.5,21.5\r\n', {}, { value: 21.5, at: { wholeSeconds: 1, fraction: 0.5 } }],
    ['time,real,imag\n1,0.5,-1\n', {}, { value: 0.5, imag: -1, at: { wholeSeconds: 1, fraction: 0 } }],
    ['value\n7', {}, { value: 7, at: undefined }],
    [
      'id,price,when\n9,7,1\n',
      { column: 'price', time_column: 'when' },
      { value: 7, at: { wholeSeconds: 1, fraction: 0 } },
    ],
    [
      'time,value\n1771542000.123456789,1\n',
      {},
      { value: 1, at: { wholeSeconds: 1_771_542_000, fraction: 0.123456789 } },
    ],
    [
      'time,value\n2026-02-19T23:00:00.5Z,1\n',
      {},
      { value: 1, at: { wholeSeconds: 1_771_542_000, fraction: 0.5 } },
    ],
    ['time,value\n1771542000500,1\n', {}, { value: 1, at: { wholeSeconds: 1_771_542_000, fraction: 0.5 } }],
    [
      'time,"the ""value"""\n1,"2"\n',
      { column: 'the "value"' },
      { value: 2, at: { wholeSeconds: 1, fraction: 0 } },
    ],
    ['time,note,value\n1,"a, b",2\n', {}, { value: 2, at: { wholeSeconds: 1, fraction: 0 } }],
    [
      'time,value\n1,70.7 F\n',
      { unit: '°C' },
      { value: expect.closeTo(21.5, 9), at: { wholeSeconds: 1, fraction: 0 } },
    ],
    ['time,value\n1,heat\n', { map: { heat: 2 } }, { value: 2, at: { wholeSeconds: 1, fraction: 0 } }],
  ])('%j %j', async (text, options, reading) => {
    expect(await readAll(text, options)).toEqual([{ line: 2, ...reading }]);
  });

  test('a row that cannot be read is told by its line, and the rest goes on', async () => {
    const rows = ['0,1', 'noon,2', '1', '2,', '3,NaN', '4,x', `5,${'9'.repeat(70_000)}`, '6,7,8', '', '9,9'];
    expect(await readAll(['time,value', ...rows].join('\n'))).toEqual([
      { line: 2, value: 1, at: { wholeSeconds: 0, fraction: 0 } },
      expect.stringContaining('FILE:3: found the time "noon", expected a time: ISO 8601 with Z or an offset'),
      expect.stringContaining('FILE:4: found "", expected a number'),
      expect.stringContaining('FILE:5: found "", expected a number'),
      expect.stringContaining('FILE:6: found "NaN", expected a number'),
      expect.stringContaining('FILE:7: found "x", expected a number'),
      'FILE:8: found a line of more than 64 KiB, expected a row',
      { line: 9, value: 7, at: { wholeSeconds: 6, fraction: 0 } },
      { line: 11, value: 9, at: { wholeSeconds: 9, fraction: 0 } },
    ]);
  });

  test('what was written is read, whatever it holds', async () => {
    const cell = fc.string().filter((text) => !/[\r\n]/.test(text));
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    const plain = (text: string): string => (/[",]/.test(text) ? quoted(text) : text);
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, fc.boolean()), { minLength: 1 }), (cells) => {
        const line = cells.map(([text, isQuoted]) => (isQuoted ? quoted(text) : plain(text))).join(',');
        expect(cellsOf(line)).toEqual(cells.map(([text]) => text));
      }),
    );
  });

  test('no line is beyond it', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        expect(cellsOf(line).length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('a time', () => {
  const seconds = fc.double({ min: 0, max: 99_999_999_999, noNaN: true });

  test.each([
    ['is read from seconds', (unix: number) => unix, 1],
    ['is read from seconds as text', (unix: number) => unix.toFixed(6), 1e-6],
    ['is read from ISO 8601', (unix: number) => formatTimestamp(unix), 1e-3],
  ])('%s', (_, write, tolerance) => {
    fc.assert(
      fc.property(seconds, (unix) => {
        const at = readMeasuredAt(write(unix)) ?? never();
        expect(Math.abs(at.wholeSeconds + at.fraction - unix)).toBeLessThanOrEqual(tolerance);
        expect(Number.isInteger(at.wholeSeconds)).toBe(true);
        expect(at.fraction).toBeGreaterThanOrEqual(0);
        expect(at.fraction).toBeLessThan(1);
      }),
    );
  });

  test('is read from milliseconds, exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1e11 + 1, max: 1e14 - 1 }), (milliseconds) => {
        for (const written of [milliseconds, String(milliseconds)]) {
          const at = readMeasuredAt(written) ?? never();
          expect(at.wholeSeconds).toBe(Math.floor(milliseconds / 1000));
          expect(at.fraction).toBeCloseTo((milliseconds % 1000) / 1000, 9);
        }
      }),
    );
  });

  test('keeps its fraction below 1, however many nines there are', () => {
    expect(readMeasuredAt('5.9999999999999999999')).toEqual({ wholeSeconds: 6, fraction: 0 });
    expect(readMeasuredAt('5.999999999')).toEqual({ wholeSeconds: 5, fraction: 0.999999999 });
  });

  test('is nothing else', () => {
    for (const found of [
      undefined,
      null,
      '',
      ' ',
      'noon',
      true,
      {},
      [],
      Number.NaN,
      Infinity,
      1e15,
      '1e15',
      '1,5',
    ]) {
      expect(readMeasuredAt(found)).toBeNull();
    }
    fc.assert(
      fc.property(fc.anything(), (found) => {
        const at = readMeasuredAt(found);
        if (at !== null) expect(Number.isFinite(at.wholeSeconds + at.fraction)).toBe(true);
      }),
    );
  });
});

describe('an end', () => {
  test('is told, and waited with', async () => {
    await using world = await playing('time,value\n0,1\n');
    const { input } = world;
    await until(() => input.losses.length === 1, 'the end');
    expect(input.losses).toEqual([`the recording ${world.file} has ended`]);
    input.clock.advance(1000);
    expect(valuesOf(input)).toEqual([1]);
    input.stop();
    expect(await input.ended).toBeNull();
  });

  test('that is answered with a stop at once is one', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'r.csv');
    await writeFile(file, 'time,value\n0,1\n');
    const stop = new AbortController();
    const context = { ...createInputBench().context, lose: () => stop.abort() };
    await replayInput.create(replayInput.options.parse({ file }), context).run(stop.signal);
    expect(stop.signal.aborted).toBe(true);
  });

  test('that comes in the middle of a wait is at once', async () => {
    await using world = await playing('time,value\n0,1\n1000,2\n');
    await waiting(world.input, 1);
    world.input.stop();
    expect(await world.input.ended).toBeNull();
    expect(valuesOf(world.input)).toEqual([1]);
  });
});

describe('what cannot be played is told', () => {
  test.each([
    ['', 'found nothing in FILE, expected a line such as time,value'],
    ['time,value\n', 'FILE holds no row that can be read, expected some'],
    ['time,value\nx,y\n\n', 'FILE holds no row that can be read, expected some'],
    [
      'time,price\n1,2\n',
      'FILE:1: found the header "time,price", expected a column value, columns real and imag, or the option column',
    ],
    ['0,1\n1,2\n', 'FILE:1: found the header "0,1", expected a column value'],
    ['time,real\n1,2\n', 'FILE:1: found the header "time,real", expected a column value'],
  ])('%j', async (text, sentence) => {
    await using world = await playing(text, { loop: true });
    expect((await world.input.ended)?.replace(world.file, 'FILE')).toContain(sentence);
  });

  test('a column that is not there', async () => {
    await using world = await playing('time,price\n1,2\n', { column: 'prize' });
    expect(await world.input.ended).toBe(
      `${world.file}:1: found no column "prize", expected one of time, price`,
    );
    await using other = runInput(replayInput, { file: world.file, column: 'price', time_column: 'when' });
    expect(await other.ended).toBe(`${world.file}:1: found no column "when", expected one of time, price`);
  });

  test('a time that is not later than the one before', async () => {
    await using world = await playing('time,value\n5,1\n5,2\n4,3\n6,4\n');
    await playToEnd(world.input, 1);
    expect(valuesOf(world.input)).toEqual([1, 4]);
    expect(world.times()).toEqual([0, 1]);
    expect(world.input.rejections).toEqual(
      [3, 4].map(
        (line) =>
          `${world.file}:${line}: found a time not later than that of the row before, expected a later one`,
      ),
    );
  });

  test('no file, or something else than one', async () => {
    await using folder = await temporaryFolder();
    const missing = join(folder.path, 'none.csv');
    await using input = runInput(replayInput, { file: missing });
    expect(await input.ended).toMatch(`cannot read ${missing}: ENOENT`);
    const pipe = join(folder.path, 'pipe.csv');
    execFileSync('mkfifo', [pipe]);
    for (const file of [folder.path, pipe]) {
      await using other = runInput(replayInput, { file });
      expect(await other.ended).toBe(`cannot read ${file}: it is not a file`);
    }
  });
});

test('a long recording is read as it is played, not before', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'long.csv');
  const rows = Array.from({ length: 100_000 }, (_, index) => `${index},${index}`);
  await writeFile(file, `time,value\n${rows.join('\n')}\n`);
  const input = runInput(replayInput, { file });
  await waiting(input, 1);
  // All but what was read ahead is cut off, and must then be missing.
  const handle = await open(file, 'r+');
  await handle.truncate(200_000);
  await handle.close();
  input.clock.advance(200_000);
  await until(() => input.losses.length === 1, 'the end');
  expect(input.readings.length).toBeGreaterThan(10_000);
  expect(input.readings.length).toBeLessThan(20_000);
  input.stop();
  await input.ended;
});

describe('probing', () => {
  const probe = (options: object) => replayInput.probe?.(replayInput.options.parse(options));

  test('reads the first row', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'r.csv');
    await writeFile(file, 'time,value\nx,1\n5,2\n');
    expect(await probe({ file })).toEqual({ ok: true, detail: `${file} begins with 2 in line 3` });
    await writeFile(file, 'time,value\n');
    expect(await probe({ file })).toEqual({
      ok: false,
      reason: `${file} holds no row that can be read, expected some`,
    });
    await rm(file);
    expect(await probe({ file })).toEqual({
      ok: false,
      reason: expect.stringContaining(`cannot read ${file}`),
    });
  });
});

test.each([
  [{}, 'file: found nothing, expected text'],
  [{ file: 'a', speed: 0 }, 'speed: found 0, expected a number at least 0.000001'],
  [{ file: 'a', speed: Number.POSITIVE_INFINITY }, 'speed: found Infinity'],
  [{ file: 'a', column: '' }, 'column: found "", expected a length of at least 1'],
])('the configuration %j is refused: %s', (options, sentence) => {
  expect(explain(replayInput.options, options)).toContain(sentence);
});
