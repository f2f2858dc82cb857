import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

test('every input of the registry is held to the suite, in a test of its own', () => {
  const folder = 'test/adapters/input';
  const registry = readFileSync('adapters/input/registry.ts', 'utf8');
  const definitions = [...registry.matchAll(/^import \{ (\w+) \} from '\.\/(.+)\.js';$/gm)];
  expect(definitions).not.toEqual([]);
  for (const [, definition, name] of definitions) {
    const source = readFileSync(join(folder, `${name}.test.ts`), 'utf8');
    expect(source).toMatch(new RegExp(`describeInput\\(\\s*${definition},`));
  }
});
