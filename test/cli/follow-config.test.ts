import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startCli, temporaryFolder } from '../support/cli.js';
import { until } from '../support/until.js';

/** Lines that an output appended to a file; none while there is no file. */
const linesOf = async (file: string): Promise<string[]> =>
  (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');

test('a changed outputs section is followed, a broken one is not, and the others go on', async () => {
  await using folder = await temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  const output = (name: string): string =>
    `  ${name}: { adapter: text, every: 0, to: ${at(name)}, template: ${name} }\n`;
  const config = at('mesh.yaml');
  /** As editors do: another file in the place of the old one. */
  const replace = async (text: string): Promise<void> => {
    await writeFile(at('next'), `nodes: {}\n${text}`);
    await rename(at('next'), config);
  };
  await replace(`outputs:\n${output('a')}${output('b')}`);
  await using up = await startCli(['up', '--port', '0', '--http-port', '0', '--config', config]);
  const written = async (name: string): Promise<number> => (await linesOf(at(name))).length;
  const writes = async (name: string): Promise<void> => {
    const before = await written(name);
    let now = before;
    await until(
      () => {
        void written(name).then((count) => {
          now = count;
        });
        return now > before;
      },
      `writing of ${name}`,
      10,
    );
  };
  await writes('a');
  await writes('b');

  await replace(`outputs:\n${output('b')}${output('c')}`);
  await writes('c');
  await writes('b');
  const stopped = await written('a');

  await replace('outputs: { b: { adapter: no-such } }\n');
  await until(
    () => up.output().stderr.includes('the changed configuration is not used'),
    'the line in the log',
    10,
  );
  expect(up.output().stderr).toContain('found \\"no-such\\", expected one of');
  await writes('b');
  await writes('c');
  expect(await written('a')).toBe(stopped);

  await replace(`mesh: { threshold: 0.5 }\noutputs:\n${output('b')}`);
  await until(
    () => up.output().stderr.includes('these sections change at the next start'),
    'the warning',
    10,
  );
}, 40_000);
