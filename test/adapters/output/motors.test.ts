import { join } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { OutputHealth } from '../../../adapters/output-health.js';
import { OutputRunner } from '../../../adapters/output-runner.js';
import type { OutputContext } from '../../../contract/adapters.js';
import { type Clock, sleep, systemClock } from '../../../contract/clock.js';
import { explain } from '../../../contract/explain.js';
import type { GlobalMessage } from '../../../contract/payloads/global.js';
import { temporaryFolder } from '../../support/cli.js';
import { createManualClock } from '../../support/manual-clock.js';
import { recordLog } from '../../support/recorded-log.js';
import { until } from '../../support/until.js';
import { childProcesses } from '../child-processes.js';
import { builtPinProcess } from '../drive/built-pin-process.js';
import { areOff, levelsAfter, readPinLines } from '../drive/pin-lines.js';
import { aState, createOutputWorld, settled } from '../samples.js';
import { createFakeMachine } from '../sensors/fake-machine.js';
import { createFakeBuses } from '../sensors/fake-rpio.js';
import { describeOutput, type OutputBench } from './output-suite.js';

const machine = await createFakeMachine(createFakeBuses().rpio);
jest.unstable_mockModule('../../../adapters/sensors/machine.js', () => ({ thisMachine: machine }));
jest.unstable_mockModule('../../../adapters/drive/pin-process-file.js', builtPinProcess);
const { motorsOutput } = await import('../../../adapters/output/motors.js');
const { rpioDoor } = await import('../../../adapters/rpio.js');
afterAll(async () => {
  await machine[Symbol.asyncDispose]();
});

const never = new AbortController().signal;
const pins = { left: { enable: 12, in1: 11, in2: 13 }, right: { forward: 33, backward: 35 } };
const parse = (options: object) => motorsOutput.options.parse(options);
const divided = aState({ unified: false, identity: null });

/** A unified mesh at a phase. */
function unified(real: number, imag: number): GlobalMessage {
  return aState({ phase: { real, imag }, identity: { real, imag } });
}

async function startTwist(options: object = {}, more: Partial<OutputContext> = {}) {
  const clock = createManualClock();
  const world = createOutputWorld({ clock, ...more });
  const motors = await motorsOutput.create(
    parse({ cmd_vel_topic: 'cmd_vel', slew: 1000, ...options }),
    world.context,
  );
  /** The newest command: metres and radians a second. */
  const told = () => {
    const { linear, angular } = JSON.parse(world.published.at(-1)?.text ?? '{}');
    return [linear.x, angular.z];
  };
  const write = async (state: GlobalMessage): Promise<void> => {
    await motors.write(state, never);
    clock.advance(0.1);
  };
  return { clock, world, motors, told, write };
}

describeOutput('motors by cmd_vel', motorsOutput, async (): Promise<OutputBench> => {
  const { context, published } = createOutputWorld();
  return {
    options: { cmd_vel_topic: 'cmd_vel' },
    context: { publish: context.publish },
    // Before it says anything a robot stands still.
    acts: () =>
      JSON.parse(published.at(-1)?.text ?? '{"linear":{"x":0,"y":0,"z":0},"angular":{"x":0,"y":0,"z":0}}'),
    async [Symbol.asyncDispose]() {},
  };
});

describe('the motion', () => {
  test.each([
    [0.5, 0.5, 0, 0],
    [1, 0.5, 1, 0],
    [0.75, 0.25, 0.5, -0.5],
    [0, 1, -1, 1],
    [-0.7, -0.7, -1, -1],
  ])('at the phase %d + %di is velocity %d and rotation %d', async (real, imag, velocity, rotation) => {
    const { write, told } = await startTwist({ max_speed: 2, max_turn: 3 });
    await write(unified(real, imag));
    expect(told()).toEqual([2 * velocity, 3 * rotation].map((one) => expect.closeTo(one, 12)));
  });

  test('may be formulas over the state, held within full speed', async () => {
    const { write, told } = await startTwist({ velocity: 'coherence', rotation: '5 * angle' });
    await write(aState());
    expect(told()).toEqual([0.81 * 0.5, 1]);
  });

  test('rises no faster than the slew', async () => {
    const { motors, clock, told } = await startTwist({ slew: 2, max_speed: 1 });
    await motors.write(unified(1, 0.5), never);
    clock.advance(0.2);
    expect(told()[0]).toBeCloseTo(0.4, 9);
    clock.advance(0.3);
    expect(told()[0]).toBe(1);
  });
});

describe('they stand still', () => {
  test('at the start, and say so', async () => {
    const { world, told } = await startTwist();
    expect(world.published).toHaveLength(1);
    expect(told()).toEqual([0, 0]);
  });

  const stops: Record<string, (bench: Awaited<ReturnType<typeof startTwist>>) => unknown> = {
    'when the mesh is not one': ({ motors }) => motors.write(divided, never),
    'when it has no identity': ({ motors }) => motors.write(aState({ identity: null }), never),
    'at silence': ({ motors }) => motors.quiet?.('the sync worker is offline'),
    'at the end': ({ motors }) => motors.close?.(),
    'when nothing more is heard': ({ clock }) => clock.advance(1.5),
  };
  test.each(Object.entries(stops))('%s, at once', async (_when, stop) => {
    const bench = await startTwist({ slew: 2 });
    await bench.write(unified(1, 1));
    await bench.write(unified(1, 1));
    expect(bench.told()[0]).toBeGreaterThan(0);
    await stop(bench);
    expect(bench.told()).toEqual([0, 0]);
    const { length } = bench.world.published;
    bench.clock.advance(10);
    expect(bench.world.published).toHaveLength(length);
  });

  test('after their own dead man, counted from the last state that was unified', async () => {
    const { motors, clock, told } = await startTwist({ dead_man: '0.5s' });
    for (let step = 0; step < 10; step += 1) {
      await motors.write(unified(1, 1), never);
      clock.advance(0.4);
    }
    expect(told()[0]).toBeGreaterThan(0);
    clock.advance(0.09);
    expect(told()[0]).toBeGreaterThan(0);
    clock.advance(0.01);
    expect(told()).toEqual([0, 0]);
    await motors.write(unified(1, 1), never);
    clock.advance(0.1);
    expect(told()[0]).toBeGreaterThan(0);
  });

  test('when a formula fails, which is said', async () => {
    const { motors, write, told } = await startTwist({ velocity: '1 / (coherence - 0.5)' });
    await write(aState());
    expect(told()[0]).toBeGreaterThan(0);
    const failure = async () => motors.write(aState({ coherence: 0.5 }), never);
    await expect(failure()).rejects.toThrow(
      'velocity: found Infinity of the formula 1 / (coherence - 0.5), expected a finite real number',
    );
    expect(told()).toEqual([0, 0]);
  });

  test('until somebody enables them, and when they are disabled', async () => {
    const { world, write, told } = await startTwist({ enable_topic: 'robot/enable' });
    world.send('robot/enable', 'ON', true);
    await write(unified(1, 1));
    expect(world.published).toHaveLength(1);
    world.send('robot/enable', 'ON');
    await write(unified(1, 1));
    expect(told()[0]).toBeGreaterThan(0);
    world.send('robot/enable', 'OFF');
    expect(told()).toEqual([0, 0]);
    await write(unified(1, 1));
    expect(told()).toEqual([0, 0]);
  });

  test('under the runner, whatever state still waits', async () => {
    const { clock, told, motors } = await startTwist();
    const log = recordLog();
    const runner = new OutputRunner({ open: () => motors, clock, health: new OutputHealth(log) });
    await runner.start();
    runner.offer(unified(1, 1));
    await settled();
    clock.advance(0.1);
    expect(told()[0]).toBeGreaterThan(0);
    runner.offer(unified(1, 1));
    runner.fallSilent('the sync worker is offline');
    await settled();
    expect(told()).toEqual([0, 0]);
    await runner.close();
    clock.advance(10);
    expect(told()).toEqual([0, 0]);
  });
});

describe('on pins', () => {
  async function startPins(options: object = {}, clock: Clock = createManualClock()) {
    const folder = await temporaryFolder();
    const dry_run = join(folder.path, 'pins.log');
    const world = createOutputWorld({ clock });
    const motors = await motorsOutput.create(parse({ pins, dry_run, slew: 1000, ...options }), world.context);
    return {
      ...world,
      motors,
      lines: () => readPinLines(dry_run),
      levels: () => Object.fromEntries(levelsAfter(readPinLines(dry_run))),
      async [Symbol.asyncDispose]() {
        await motors.close?.();
        await folder[Symbol.asyncDispose]();
      },
    };
  }

  test('velocity and rotation become wheels, and a wheel may stand still', async () => {
    const clock = createManualClock();
    await using robot = await startPins({}, clock);
    expect(areOff(robot.lines())).toBe(true);
    await robot.motors.write(unified(0.75, 0.25), never);
    clock.advance(0.02);
    // Left 0.5 + 0.5, right 0.5 - 0.5.
    await until(() => robot.levels()[18] === 1, 'full speed to the left');
    expect(robot.levels()).toEqual({ 18: 1, 17: 1, 27: 0, 13: 0, 19: 0 });
    await robot.motors.write(unified(0.25, 0.5), never);
    clock.advance(0.02);
    await until(() => robot.levels()[19] === 0.5, 'the way back');
    expect(robot.levels()).toEqual({ 18: 0.5, 17: 0, 27: 1, 13: 0, 19: 0.5 });
    await robot.motors.quiet?.('gone');
    await until(() => areOff(robot.lines()), 'the stop');
  });

  test('and by messages at once', async () => {
    const clock = createManualClock();
    await using robot = await startPins({ cmd_vel_topic: 'cmd_vel' }, clock);
    await robot.motors.write(unified(1, 0.5), never);
    clock.advance(0.1);
    await until(() => robot.levels()[18] === 1, 'the move');
    expect(JSON.parse(robot.published.at(-1)?.text ?? '').linear.x).toBe(0.5);
    await robot.motors.write(divided, never);
    await until(() => areOff(robot.lines()), 'the stop');
    expect(JSON.parse(robot.published.at(-1)?.text ?? '').linear.x).toBe(0);
  });

  test('a process of the pins that is killed is replaced, and they start from zero', async () => {
    await using robot = await startPins({ slew: 2 }, systemClock);
    await robot.motors.write(unified(1, 0.5), never);
    await until(() => robot.levels()[18] === 1, 'full speed');
    const { length } = robot.lines();
    process.kill(childProcesses()[0] ?? 0, 'SIGKILL');
    const driven = async (holds: () => boolean): Promise<void> => {
      for (let step = 0; step < 500 && !holds(); step += 1) {
        await robot.motors.write(unified(1, 0.5), never);
        await sleep(systemClock, 0.01);
      }
    };
    await driven(() => robot.complaints.length === 2);
    expect(areOff(robot.lines().slice(length))).toBe(true);
    await driven(() => !areOff(robot.lines()));
    const moves = robot
      .lines()
      .slice(length)
      .filter(({ value, kind }) => kind === 'pulse' && value > 0);
    // A period of the pins at the slew.
    expect(moves[0]?.value).toBeLessThanOrEqual(0.04);
    expect(robot.complaints).toEqual([
      'the process of the pins was ended by SIGKILL, and is started again',
      null,
    ]);
  });
});

describe('what cannot be is said in a sentence', () => {
  const failureOf = async (options: object): Promise<string> =>
    Promise.resolve(motorsOutput.create(parse(options), createOutputWorld().context)).then(
      () => 'nothing',
      (error: Error) => error.message,
    );

  test('neither pins nor a topic', async () => {
    const sentence = 'found neither pins nor cmd_vel_topic, expected at least one of them';
    expect(await failureOf({})).toBe(sentence);
    expect(await motorsOutput.probe?.(parse({}))).toEqual({ ok: false, reason: sentence });
  });

  test('a machine without pins', async () => {
    const sentence = /^this machine is not a Raspberry Pi \(\S+: missing\), but PWM needs rpio, /;
    expect(await failureOf({ pins })).toMatch(sentence);
    expect(await motorsOutput.probe?.(parse({ pins }))).toEqual({
      ok: false,
      reason: expect.stringMatching(sentence),
    });
  });

  test('a pin that another has, and it has no pin then', async () => {
    await machine.becomePi();
    const button = await rpioDoor.claim(19, 'gpio');
    expect(await failureOf({ pins })).toBe(
      'found pin 19 (GPIO19), which another input or output has already',
    );
    button.release();
    // The process of the pins looks at the real machine, which is none.
    expect(await failureOf({ pins })).toMatch(/^this machine is not a Raspberry Pi \(\/proc\//);
    for (const gpio of [12, 13, 17, 18, 19, 27]) (await rpioDoor.claim(gpio, 'gpio')).release();
    expect(await motorsOutput.probe?.(parse({ pins, cmd_vel_topic: 'cmd_vel' }))).toEqual({
      ok: true,
      detail: 'Raspberry Pi 4 Model B Rev 1.4, publishes on cmd_vel',
    });
    await machine.remove('proc');
  });

  test.each([
    [
      { pins: { ...pins, left: { enable: 11, in1: 12, in2: 13 } } },
      /^pins.left: found GPIO17, which has no PWM/,
    ],
    [{ pins, velocity: 'speed' }, /^velocity: .*speed/],
    [{ pins, dry_run: '/no/such/folder/pins.log' }, /^cannot append to \/no\/such\/folder\/pins.log: ENOENT/],
  ])('%j', async (options, sentence) => {
    expect(await failureOf({ dry_run: '/dev/null', ...options })).toMatch(sentence);
  });

  test.each([
    [
      { cmd_vel_topic: 'robot/+' },
      'cmd_vel_topic: found "robot/+", expected an MQTT topic such as robot/cmd_vel',
    ],
    [{ slew: 0 }, 'slew: found 0, expected a number above 0'],
    [{ dead_man: '0s' }, 'dead_man: found "0s"'],
    [{ pins: { left: pins.left } }, 'pins.right'],
  ])('%j is refused by the configuration', (options, sentence) => {
    expect(explain(motorsOutput.options, options)).toContain(sentence);
  });
});

test('probe says what it would do', async () => {
  expect(await motorsOutput.probe?.(parse({ cmd_vel_topic: 'cmd_vel' }))).toEqual({
    ok: true,
    detail: 'publishes on cmd_vel',
  });
  expect(await motorsOutput.probe?.(parse({ pins, dry_run: 'pins.log' }))).toEqual({
    ok: true,
    detail: 'a dry run into pins.log',
  });
});
