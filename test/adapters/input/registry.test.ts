import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

test('the registry of inputs lists the files of its folder', () => {
  const check = (): Buffer =>
    execFileSync(process.execPath, ['scripts/generate-registries.mjs', '--check', 'input']);
  expect(check).not.toThrow();
});
