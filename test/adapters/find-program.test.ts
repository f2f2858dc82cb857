import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findProgram } from '../../adapters/find-program.js';

test('finds the first file of that name that can be run', async () => {
  const root = await mkdtemp(join(tmpdir(), 'becomingone-path-'));
  const folders = ['folder', 'plain', 'runs', 'also'].map((name) => join(root, name));
  const [folder = '', plain = '', runs = '', also = ''] = folders;
  await mkdir(join(folder, 'tool'), { recursive: true });
  for (const place of [plain, runs, also]) {
    await mkdir(place);
    await writeFile(join(place, 'tool'), '');
  }
  await chmod(join(runs, 'tool'), 0o755);
  await chmod(join(also, 'tool'), 0o755);
  expect(await findProgram('tool', ['', '/nonexistent', ...folders].join(':'))).toBe(join(runs, 'tool'));
  expect(await findProgram('tool', `${folder}:${plain}`)).toBeUndefined();
  expect(await findProgram('tool', '')).toBeUndefined();
  await rm(root, { recursive: true });
});

test('looks on the PATH of this process', async () => {
  expect(await findProgram('sh')).toMatch(/^\/.*\/sh$/);
});
