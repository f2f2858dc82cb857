import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { bedroomNight, homeFigures, ovenLevel } from '../bench/home-figures.js';
import { configSchema } from '../cli/settings.js';
import { parseConfig } from '../contract/config/load.js';

const page = readFileSync('docs/home.md', 'utf8');
const example = parse(readFileSync('examples/home.yaml', 'utf8'));
const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);

const mean = (values: readonly number[], from: number, to: number): string => {
  const part = values.slice(from * 60, to * 60);
  return (part.reduce((sum, one) => sum + one, 0) / part.length).toFixed(2);
};

test.each(blocks)('what the page shows is what the example has: %#', (block) => {
  expect(() => parseConfig(block, 'home.md', configSchema)).not.toThrow();
  const shown = parse(block);
  for (const section of ['nodes', 'outputs']) {
    for (const [name, part] of Object.entries(shown[section] ?? {})) {
      expect([name, example[section][name]]).toEqual([name, part]);
    }
  }
});

test('its figures are drawn by the code as it stands', () => {
  for (const [name, svg] of Object.entries(homeFigures())) {
    expect(page).toContain(`(figures/${name})`);
    expect([name, readFileSync(`docs/figures/${name}`, 'utf8')]).toEqual([name, svg]);
  }
});

describe('the figures in the text', () => {
  test('of the bedroom', () => {
    const { coherence, brightness } = bedroomNight();
    const prose = page.replace(/\s+/g, ' ');
    expect(prose).toContain(
      `Awake, coherence is ${mean(coherence, 2, 10)} in the mean and the lamp ${mean(brightness, 2, 10)}; ` +
        `asleep ${mean(coherence, 13, 30)} and ${mean(brightness, 13, 30)};`,
    );
    const turning = (tauSeconds: number): string =>
      (1 / Math.hypot(1, 2 * Math.PI * 0.01 * tauSeconds)).toFixed(2);
    expect([turning(40), turning(10)]).toEqual(['0.37', '0.85']);
  });

  test('of the oven', () => {
    expect(Math.max(...ovenLevel().coherence)).toBeCloseTo(0.72, 2);
  });
});
