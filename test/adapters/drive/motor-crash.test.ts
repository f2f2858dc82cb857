import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from '../../support/cli.js';
import { until } from '../../support/until.js';
import { areOff, offSince, type PinLine, readPinLines } from './pin-lines.js';

const PARENT = fileURLToPath(new URL('motor-parent.mjs', import.meta.url));
const pins = { left: { enable: 12, in1: 11, in2: 13 }, right: { forward: 33, backward: 35 } };

interface Robot extends AsyncDisposable {
  readonly parent: ChildProcess;
  lines(): PinLine[];
  /** Resolves once its wheels are at full speed. */
  atFullSpeed(): Promise<void>;
}

/** A robot that drives ahead, in a process of its own. */
async function startRobot(...heardSeconds: string[]): Promise<Robot> {
  const folder = await temporaryFolder();
  const dry_run = join(folder.path, 'pins.log');
  const options = JSON.stringify({ pins, dry_run });
  const parent = spawn(process.execPath, [PARENT, options, ...heardSeconds], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const lines = (): PinLine[] => (existsSync(dry_run) ? readPinLines(dry_run) : []);
  return {
    parent,
    lines,
    atFullSpeed: () => until(() => lines().at(-1)?.value === 1, 'full speed', 15),
    async [Symbol.asyncDispose]() {
      if (parent.exitCode === null && parent.signalCode === null) {
        parent.kill('SIGKILL');
        await once(parent, 'exit');
      }
      await folder[Symbol.asyncDispose]();
    },
  };
}

const nowSeconds = (): number => (performance.timeOrigin + performance.now()) / 1000;

/** How many seconds after its process was killed each of some robots stands still. */
async function killSome(): Promise<number[]> {
  const robots = await Promise.all(Array.from({ length: 5 }, () => startRobot()));
  const delays: number[] = [];
  try {
    for (const robot of robots) {
      await robot.atFullSpeed();
      const killedAt = nowSeconds();
      // Its whole process group, as a shell or a supervisor does it.
      process.kill(-(robot.parent.pid ?? 0), 'SIGKILL');
      await until(() => areOff(robot.lines()), 'the stop');
      delays.push(offSince(robot.lines()) - killedAt);
    }
    return delays;
  } finally {
    for (const robot of robots) await robot[Symbol.asyncDispose]();
  }
}

test('a robot whose processes are killed stands still within 200 ms', async () => {
  const delays: number[] = [];
  for (let batch = 0; batch < 2; batch += 1) delays.push(...(await killSome()));
  expect(delays).toHaveLength(10);
  for (const seconds of delays) {
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(0.2);
  }
}, 60_000);

test('a robot whose process hangs stands still, and starts again from zero', async () => {
  await using robot = await startRobot();
  await robot.atFullSpeed();
  const stoppedAt = nowSeconds();
  robot.parent.kill('SIGSTOP');
  await until(() => areOff(robot.lines()), 'the stop');
  expect(offSince(robot.lines()) - stoppedAt).toBeLessThan(0.6);
  const before = robot.lines().length;
  robot.parent.kill('SIGCONT');
  await until(() => !areOff(robot.lines()), 'the next start');
  const first = robot
    .lines()
    .slice(before)
    .find(({ kind, value }) => kind === 'pulse' && value > 0);
  // A period of the pins at the default slew.
  expect(first?.value).toBeLessThanOrEqual(0.04);
  await robot.atFullSpeed();
});

test('a robot that hears nothing more from the mesh stands still within 1.7 s', async () => {
  await using robot = await startRobot('1');
  await robot.atFullSpeed();
  const [said] = await once(robot.parent.stdout ?? robot.parent, 'data');
  await until(() => areOff(robot.lines()), 'the stop');
  // The last state came up to a tenth of a second before it said that there are no more.
  const silence = offSince(robot.lines()) - Number(said);
  expect(silence).toBeGreaterThan(1.3);
  expect(silence).toBeLessThan(1.6);
});
