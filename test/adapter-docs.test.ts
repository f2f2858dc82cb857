import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parseDocument } from 'yaml';
import { inputDefinitions } from '../adapters/input/registry.js';
import { outputDefinitions } from '../adapters/output/registry.js';
import { configSchema } from '../cli/settings.js';
import { parseConfig } from '../contract/config/load.js';

const PAGES = [
  ['docs/inputs.md', inputDefinitions],
  ['docs/outputs.md', outputDefinitions],
] as const;

test.each(PAGES)('%s has a section for every adapter there is', (file, definitions) => {
  const sections = [...readFileSync(file, 'utf8').matchAll(/^### `?([\w-]+)`?$/gm)].map(([, name]) => name);
  expect(sections).toEqual(expect.arrayContaining(definitions.map(({ name }) => name)));
});

const blocks = PAGES.flatMap(([file]) =>
  [...readFileSync(file, 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => [
    file,
    text,
  ]),
);

test.each(blocks)('an example of %s is valid: %j', (file, text = '') => {
  expect(parseDocument(text).errors).toEqual([]);
  expect(() => parseConfig(text, String(file), configSchema)).not.toThrow();
});
