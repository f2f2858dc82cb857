import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { commandNames } from '../../cli/program.js';
import { runCli, temporaryFolder } from '../support/cli.js';

test('every command says what it does', async () => {
  for (const name of commandNames()) {
    const { code, stdout } = await runCli([name, '--help']);
    expect([name, code]).toEqual([name, 0]);
    expect(stdout).toContain(`Usage: becomingone ${name}`);
  }
});

describe('bad usage ends with 2 and a sentence', () => {
  test.each([
    [['fly'], "unknown command 'fly'"],
    [['up', '--port', 'many'], 'found many, expected a port from 0 to 65535'],
    [['up', '--prot', '1'], "unknown option '--prot'"],
    [['up', '--config', '/nowhere.yaml'], '/nowhere.yaml'],
    [['analyze'], "missing required argument 'file'"],
    [['analyze', '/nowhere.csv'], 'The recording cannot be analysed so. (/nowhere.csv: ENOENT'],
  ])('%j', async (args, sentence) => {
    const { code, stdout, stderr } = await runCli(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
  });
});

test('config check names file, line, column, what was found and what was expected', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'mesh.yaml');
  await writeFile(file, 'mesh:\n  threshold: high\n');
  const bad = await runCli(['config', 'check', file]);
  expect(bad).toMatchObject({ code: 2, stdout: '' });
  expect(bad.stderr).toContain(`${file}:2:14: mesh.threshold: found "high", expected a finite number`);
  await writeFile(file, 'mesh:\n  threshold: 0.5\n');
  expect(await runCli(['config', 'check', file])).toMatchObject({ code: 0, stdout: `${file}: valid\n` });
});

test('a listener beyond this machine is refused with the lines that mend it', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'mesh.yaml');
  await writeFile(file, 'broker: { listen: ["mqtt://0.0.0.0:0"] }\n');
  const { code, stderr } = await runCli(['up', '--http-port', '0', '--config', file]);
  expect(code).toBe(2);
  expect(stderr).toContain('allow_anonymous: true');
  await writeFile(file, 'http: { listen: "0.0.0.0:0" }\n');
  const http = await runCli(['up', '--port', '0', '--config', file]);
  expect(http.code).toBe(2);
  expect(http.stderr).toContain('allow_anonymous: true');
});
