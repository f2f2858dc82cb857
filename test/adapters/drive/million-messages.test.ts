import { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';
import { expect, jest, test } from '@jest/globals';
import { createMotorPair } from '../../../adapters/drive/h-bridge.js';
import { keepPins } from '../../../adapters/drive/pin-keeper.js';
import type { PinProcessOptions } from '../../../adapters/drive/pin-process-runner.js';
import { createRpioPwmPins } from '../../../adapters/drive/rpio-pwm-pins.js';
import type { Rpio } from '../../../adapters/sensors/machine.js';
import type { GlobalMessage } from '../../../contract/payloads/global.js';
import { createRandom } from '../../kairos/random.js';
import { createManualClock } from '../../support/manual-clock.js';
import { aState, createOutputWorld } from '../samples.js';

const RANGE = 4800;
/** 500 messages a second. */
const MESSAGES_A_STEP = 10;
const STEP_SECONDS = 0.02;

/** What reaches the registers of the pins. */
const seen = { commands: 0, outOfRange: 0, faults: 0, isMoving: false, fastest: 0 };

function register(value: number, most: number): void {
  seen.commands += 1;
  if (!Number.isInteger(value) || value < 0 || value > most) seen.outOfRange += 1;
  seen.fastest = Math.max(seen.fastest, value);
}

/** rpio as far as motors need it, which checks what it is called with. */
const registers = {
  OUTPUT: 1,
  PWM: 2,
  open: () => {},
  mode: (_gpio: number, _mode: number, level = 0) => register(level, 1),
  write: (_gpio: number, level: number) => register(level, 1),
  pwmSetData: (_gpio: number, data: number) => register(data, RANGE),
  pwmSetRange: (_gpio: number, range: number) => {
    seen.outOfRange += Number(range !== RANGE);
  },
  pwmSetClockDivider: () => {},
  usleep: () => {},
} as unknown as Rpio;

/** The process of the pins, inside this one: all of it but the pipe between them. */
async function startPinProcess({ config, clock }: PinProcessOptions) {
  if (config.device !== 'motors') throw new Error('motors alone');
  const commands = Object.assign(new EventEmitter(), { setEncoding: () => commands });
  const device = createMotorPair(
    createRpioPwmPins(registers, 19.2e6, config.pwmHz),
    config.left,
    config.right,
  );
  const answer = (fault: string | null): void => {
    seen.faults += Number(fault !== null);
  };
  void keepPins(device, { clock, commands: commands as unknown as Readable, answer, silenceSeconds: 0.3 });
  return {
    isOpen: true,
    async send(numbers: readonly number[]) {
      seen.isMoving = numbers.some((number) => number !== 0);
      commands.emit('data', `${numbers.join(' ')}\n`);
    },
    async close() {},
  };
}

jest.unstable_mockModule('../../../adapters/drive/pin-process-runner.js', () => ({ startPinProcess }));
const { motorsOutput } = await import('../../../adapters/output/motors.js');

const never = new AbortController().signal;

/** States as the mesh has them, at the edges of what the schema allows, and beyond it. */
function createStates(): () => GlobalMessage {
  const random = createRandom(20261124).uniform;
  const edges = [0, -0, 1, -1, 0.5, 1e-300, 1e9, -1e300, Number.MAX_VALUE];
  const part = (): number =>
    random() < 0.1 ? (edges[Math.floor(random() * edges.length)] ?? 0) : 2 * random() - 1;
  return () => {
    const phase = { real: part(), imag: part() };
    const unified = random() < 0.98;
    return aState({ coherence: random(), phase, unified, identity: unified ? phase : null });
  };
}

// A million in all; where a formula throws, a message costs the most.
test.each([
  ['the mappings of the seed', {}, 850_000, 'none'],
  ['formulas that leave the range', { velocity: '7 * real', rotation: '-2 * imag' }, 100_000, 'some'],
  [
    'formulas that never give a finite number',
    { velocity: '1 / (real - real)', rotation: '1' },
    25_000,
    'all',
  ],
  [
    'formulas that at times do not',
    { velocity: 'log(real) + 1', rotation: '1 / round(4 * imag)' },
    25_000,
    'some',
  ],
])(
  'no command of random messages is out of range: %s',
  async (_title, formulas, messages, refusals) => {
    Object.assign(seen, { commands: 0, outOfRange: 0, faults: 0, isMoving: false, fastest: 0 });
    const clock = createManualClock();
    let twistsOutOfRange = 0;
    const publish = (_topic: string, text: string): boolean => {
      const { linear, angular } = JSON.parse(text);
      // 0.5 m/s and 1 rad/s at most.
      if (!(Math.abs(linear.x) <= 0.5 && Math.abs(angular.z) <= 1)) twistsOutOfRange += 1;
      return true;
    };
    const { context } = createOutputWorld({ clock, publish });
    const motors = await motorsOutput.create(
      motorsOutput.options.parse({
        pins: { left: { enable: 12, in1: 11, in2: 13 }, right: { forward: 33, backward: 35 } },
        dry_run: '/dev/null',
        cmd_vel_topic: 'cmd_vel',
        slew: 20,
        ...formulas,
      }),
      context,
    );
    const next = createStates();
    let [unified, refused, runaways] = [0, 0, 0];
    for (let message = 0; message < messages; message += 1) {
      const state = next();
      unified += Number(state.unified);
      try {
        void motors.write(state, never);
        if (!state.unified && seen.isMoving) runaways += 1;
      } catch {
        refused += 1;
        if (seen.isMoving) runaways += 1;
      }
      if (message % MESSAGES_A_STEP === 0) clock.advance(STEP_SECONDS);
    }
    expect([seen.outOfRange, seen.faults, twistsOutOfRange, runaways]).toEqual([0, 0, 0, 0]);
    expect(refused === 0 ? 'none' : refused === unified ? 'all' : 'some').toBe(refusals);
    // It did move, but for where it never could.
    expect(seen.fastest > RANGE / 2 && seen.commands > messages / MESSAGES_A_STEP).toBe(refusals !== 'all');
  },
  60_000,
);
