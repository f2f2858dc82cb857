import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const run = promisify(execFile);

test.each(['generate-configuration.mjs', 'generate-registries.mjs', 'generate-schemas.mjs'])(
  'what %s writes is up to date',
  async (script) => {
    await expect(run(process.execPath, [`scripts/${script}`, '--check'])).resolves.toBeDefined();
  },
);
