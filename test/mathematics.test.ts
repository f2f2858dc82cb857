import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { figures } from '../bench/figures.js';
import { hostBond } from '../bench/host-bond.js';

const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const page = read('docs/mathematics.md');

test('every figure of the page is drawn by the code as it stands; the Kuramoto transition takes minutes, and is kept', () => {
  const shown = [...page.matchAll(/!\[[^\]]+\]\(figures\/([\w-]+\.svg)\)/g)].map(([, name]) => name ?? '');
  const drawn = figures();
  expect(new Set(shown)).toEqual(new Set([...Object.keys(drawn), 'kuramoto.svg']));
  for (const [name, svg] of Object.entries(drawn))
    expect([name, read(`docs/figures/${name}`)]).toEqual([name, svg]);
  expect(read('docs/figures/kuramoto.svg')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
});

test('the worked example prints what the page says', () => {
  const [, command = '', printed = ''] =
    /```sh\n(node dist[^\n]+)\n```\s+```\n([\s\S]+?)```/.exec(page) ?? [];
  const output = execFileSync('sh', ['-c', command], { cwd: root, encoding: 'utf8' });
  for (const line of printed.trim().split('\n')) expect(output).toContain(line);
});

test('the shares of time that the page gives for the bond, and for chance, are those of the recording', () => {
  const share = (values: readonly number[]) =>
    Math.round((100 * values.filter((value) => value > 0.75).length) / values.length);
  const { times, strength, centred } = hostBond();
  const shifts = Array.from({ length: 123 }, (_, index) => hostBond(120 + 12 * index));
  expect(120 + 12 * 123).toBeGreaterThan(times.length - 120);
  const chance = (name: 'strength' | 'centred') =>
    shifts.map((one) => share(one[name])).sort((a, b) => a - b);
  const [plain, centredChance] = [chance('strength'), chance('centred')];
  const prose = page.replace(/\s+/g, ' ');
  expect(prose).toContain(
    `half of the time (${share(strength)} %), the centred strength for a fifth (${share(centred)} %)`,
  );
  expect(prose).toContain(
    `for ${plain[61]} % of the time in the median and never for more than ${plain.at(-1)} %`,
  );
  expect(prose).toContain(`for ${centredChance[61]} %, and never more than ${centredChance.at(-1)} %`);
});
