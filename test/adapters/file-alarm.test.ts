import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createFileAlarm } from '../../adapters/file-alarm.js';
import { createManualClock } from '../support/manual-clock.js';
import { temporaryFolder } from './input/temporary-folder.js';

test('rings when the file changes, were it before anybody waits', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'log');
  await writeFile(file, '');
  const alarm = createFileAlarm(file, createManualClock());
  const { signal } = new AbortController();
  for (let change = 0; change < 3; change += 1) {
    await appendFile(file, 'a\n');
    await alarm.wait(1, signal);
  }
  alarm.close();
});

test('rings after its time where the system tells nothing', async () => {
  const clock = createManualClock();
  const alarm = createFileAlarm('/nowhere/log', clock);
  let hasRung = false;
  const waiting = alarm.wait(1, new AbortController().signal).then(() => {
    hasRung = true;
  });
  clock.advance(0.9);
  await new Promise(setImmediate);
  expect(hasRung).toBe(false);
  clock.advance(0.1);
  await waiting;
  alarm.close();
});

test('is left at once', async () => {
  const alarm = createFileAlarm('/nowhere/log', createManualClock());
  const stop = new AbortController();
  const waiting = alarm.wait(1, stop.signal);
  stop.abort();
  await waiting;
  await alarm.wait(1, stop.signal);
  alarm.close();
});
