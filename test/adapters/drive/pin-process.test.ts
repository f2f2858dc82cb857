import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import type { PinDeviceConfig } from '../../../adapters/drive/open-pin-device.js';
import { systemClock } from '../../../contract/clock.js';
import { temporaryFolder } from '../../support/cli.js';
import { until } from '../../support/until.js';
import { childProcesses } from '../child-processes.js';
import { builtPinProcess } from './built-pin-process.js';
import { areOff, readPinLines } from './pin-lines.js';

jest.unstable_mockModule('../../../adapters/drive/pin-process-file.js', builtPinProcess);
const { startPinProcess } = await import('../../../adapters/drive/pin-process-runner.js');

const motors: PinDeviceConfig = {
  device: 'motors',
  left: { enable: 12, in1: 17, in2: 27 },
  right: { enable: 13, in1: 22, in2: 23 },
  pwmHz: 1000,
};

/** Motors in a dry run, in a process that runs. */
async function startBench() {
  const folder = await temporaryFolder();
  const dryRun = join(folder.path, 'run', 'pins.log');
  const away = join(folder.path, 'away');
  await mkdir(join(folder.path, 'run'));
  const complaints: (string | null)[] = [];
  const losses: boolean[] = [];
  const pins = await startPinProcess({
    config: { ...motors, dryRun },
    clock: systemClock,
    complain: (reason) => void complaints.push(reason),
    lost: () => void losses.push(pins.isOpen),
  });
  const [pid = 0] = childProcesses();
  return {
    pins,
    pid,
    complaints,
    losses,
    lines: () => readPinLines(dryRun),
    /** Takes the file of the dry run away, and brings it back. */
    hide: () => rename(join(folder.path, 'run'), away),
    bring: () => rename(away, join(folder.path, 'run')),
    async [Symbol.asyncDispose]() {
      await pins.close();
      // One that was being started meanwhile ends as soon as it has.
      await until(() => childProcesses().length === 0, 'the end of all processes');
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('a command is carried out when it resolves; at the end nothing runs any more', async () => {
  const bench = await startBench();
  expect(areOff(bench.lines())).toBe(true);
  await bench.pins.send([0.5, -0.25]);
  expect(
    bench
      .lines()
      .slice(-8)
      .map(({ text }) => text),
  ).toEqual([
    ...['pulse 12 0', 'write 17 1', 'pulse 12 0.5', 'write 22 0', 'write 23 0'],
    ...['pulse 13 0', 'write 23 1', 'pulse 13 0.25'],
  ]);
  await bench.pins.close();
  expect(areOff(bench.lines())).toBe(true);
  expect(childProcesses()).toEqual([]);
  await bench.pins.send([1, 1]);
  await bench[Symbol.asyncDispose]();
  expect(bench.complaints).toEqual([]);
});

test('a command that is refused is complained of, until one is not', async () => {
  await using bench = await startBench();
  await bench.pins.send([0.5, 0.5]);
  await bench.pins.send([0.5, 2]);
  expect(areOff(bench.lines())).toBe(true);
  await bench.pins.send([0.5, 0.5]);
  expect(bench.complaints).toEqual(['found the command 0.5 2, expected numbers: -1 to 1, -1 to 1', null]);
});

test('one that is killed is missed at once, and another has the motors off', async () => {
  await using bench = await startBench();
  await bench.pins.send([1, 1]);
  process.kill(bench.pid, 'SIGKILL');
  await until(() => bench.losses.length === 1, 'the loss');
  expect(bench.losses).toEqual([false]);
  await bench.pins.send([1, 1]);
  await until(() => bench.pins.isOpen, 'the next start');
  expect(areOff(bench.lines())).toBe(true);
  expect(bench.complaints).toEqual([
    'the process of the pins was ended by SIGKILL, and is started again',
    null,
  ]);
  await bench.pins.send([0.5, 0.5]);
  expect(areOff(bench.lines())).toBe(false);
});

test('one that is stuck is killed, and another has the motors off', async () => {
  await using bench = await startBench();
  await bench.pins.send([1, 1]);
  process.kill(bench.pid, 'SIGSTOP');
  await bench.pins.send([0, 0]);
  await until(() => bench.pins.isOpen, 'the next start');
  expect(areOff(bench.lines())).toBe(true);
  expect(bench.complaints[0]).toBe(
    'the process of the pins gave no answer for 0.5 s and was ended, and is started again',
  );
});

test('one that is stuck at the end is killed, and another has the motors off and ends', async () => {
  await using bench = await startBench();
  await bench.pins.send([1, 1]);
  process.kill(bench.pid, 'SIGSTOP');
  const start = performance.now();
  await bench.pins.close();
  expect(performance.now() - start).toBeLessThan(200);
  await until(() => areOff(bench.lines()), 'the stop');
  await until(() => childProcesses().length === 0, 'the end of the last process');
});

test('one that cannot start again is tried again, with its reason', async () => {
  await using bench = await startBench();
  await bench.pins.send([1, 1]);
  await bench.hide();
  process.kill(bench.pid, 'SIGKILL');
  await until(() => bench.complaints.length === 2, 'the failure');
  expect(bench.complaints[1]).toMatch(/^cannot append to \S+\/run\/pins.log: ENOENT/);
  expect(bench.pins.isOpen).toBe(false);
  await bench.bring();
  await until(() => bench.pins.isOpen, 'the next start');
  expect(bench.complaints.at(-1)).toBe(null);
  expect(areOff(bench.lines())).toBe(true);
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends one with the motors off', async (signal) => {
  await using bench = await startBench();
  await bench.pins.send([1, 1]);
  process.kill(bench.pid, signal);
  await until(() => bench.losses.length === 1, 'the loss');
  expect(areOff(bench.lines())).toBe(true);
});

test('one that cannot open its device says why', async () => {
  const start = startPinProcess({
    config: { device: 'strip', count: 1, order: 'GRB' },
    clock: systemClock,
    complain() {},
    lost() {},
  });
  await expect(start).rejects.toThrow(/^this machine is not a Raspberry Pi \(.*\), but SPI needs rpio, /);
  expect(childProcesses()).toEqual([]);
});
