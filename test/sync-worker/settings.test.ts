import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { meshSchema } from '../../contract/config/schema.js';
import { silentLog } from '../../contract/log.js';
import { openSettings } from '../../sync-worker/settings.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'becomingone-settings-'));
});
afterEach(() => rm(folder, { recursive: true }));

const configured = meshSchema.parse({ threshold: 0.6 });

test('a change wins over the configuration, outlives a restart, and null goes back', async () => {
  const file = join(folder, 'data', 'settings.json');
  const first = await openSettings(file, configured, silentLog);
  expect(first.current).toEqual({ threshold: 0.6, collapse: 0.8, rate: 10 });
  await first.change({ threshold: 0.9, rate: 2 });
  const second = await openSettings(file, configured, silentLog);
  expect(second.current).toEqual({ threshold: 0.9, collapse: 0.8, rate: 2 });
  expect(await second.change({ threshold: null })).toEqual({ threshold: 0.6, collapse: 0.8, rate: 2 });
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ rate: 2 });
});

test('changes made at once are all kept', async () => {
  const file = join(folder, 'settings.json');
  const settings = await openSettings(file, configured, silentLog);
  await Promise.all([
    settings.change({ threshold: 0.1 }),
    settings.change({ collapse: 0.2 }),
    settings.change({ rate: 3 }),
  ]);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ threshold: 0.1, collapse: 0.2, rate: 3 });
});

test('a broken file is reported and the configuration holds', async () => {
  const file = join(folder, 'settings.json');
  await writeFile(file, '{"threshold": 7}');
  const warnings: object[] = [];
  const log = { ...silentLog, warn: (fields: object) => warnings.push(fields) };
  const settings = await openSettings(file, configured, log);
  expect(settings.current.threshold).toBe(0.6);
  expect(warnings).toMatchObject([{ code: 'SETTINGS_UNREADABLE', file }]);
});

test('a change that cannot be kept is refused and does not hold', async () => {
  await writeFile(join(folder, 'file'), '');
  const settings = await openSettings(join(folder, 'file', 'settings.json'), configured, silentLog);
  await expect(settings.change({ threshold: 0.9 })).rejects.toMatchObject({ code: 'SETTINGS_UNWRITABLE' });
  expect(settings.current.threshold).toBe(0.6);
});
