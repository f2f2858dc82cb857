import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

test('every code is thrown or logged somewhere', () => {
  const folders = ['adapters', 'broker', 'cli', 'contract', 'link', 'node-agent', 'sync-worker'];
  const source = folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    )
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const used = new Set([...source.matchAll(/(?:MeshError\(|code:)\s*'([A-Z_]+)'/g)].map(([, code]) => code));
  expect(Object.keys(ERROR_CODES).filter((code) => !used.has(code))).toEqual([]);
});
