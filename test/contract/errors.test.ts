import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ERROR_CODES, type ErrorCode, MeshError } from '../../contract/errors.js';

test('docs/errors.md lists every code with its meaning and what to do, sorted, and no other', () => {
  const rows = [...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `([A-Z_]+)` \| (.+?) \| (.+) \|$/gm)];
  expect(rows.map(([, code, meaning]) => [code, meaning])).toEqual(Object.entries(ERROR_CODES).sort());
  for (const [, , , advice] of rows) expect(advice).toMatch(/\.$/);
});

test('an error says what its code means, and what was found', () => {
  for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
    const cause = new Error('deeper');
    const error = new MeshError(code, 'port 1883', { cause });
    expect(error).toMatchObject({ name: 'MeshError', code, cause });
    expect(error.message).toBe(`${ERROR_CODES[code]} (port 1883)`);
  }
});
