import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMotorPair, type MotorPins } from '../../../adapters/drive/h-bridge.js';
import type { OutputPins } from '../../../adapters/drive/pins.js';

const byLevels: MotorPins = { enable: 18, in1: 17, in2: 27 };
const byPulses: MotorPins = { forward: 13, backward: 19 };

/** Pins that remember what they put out, and what each command did. */
function createPins() {
  const outputs = new Map<number, number>();
  const log: string[] = [];
  const put = (gpio: number, value: number): void => {
    outputs.set(gpio, value);
    log.push(`${gpio}=${value}`);
  };
  const pins: OutputPins = { write: put, pulse: put };
  return { pins, outputs, log, at: (gpio: number) => outputs.get(gpio) };
}

describe('a pair of motors', () => {
  test('is off when it is made, whatever the pins were', () => {
    const { pins, outputs } = createPins();
    for (const gpio of [18, 17, 27, 13, 19]) outputs.set(gpio, 1);
    createMotorPair(pins, byLevels, byPulses);
    expect([...outputs.values()]).toEqual([0, 0, 0, 0, 0]);
  });

  test('puts the direction on two pins and the speed on the third, or both on one of two', () => {
    const { pins, outputs } = createPins();
    const motors = createMotorPair(pins, byLevels, byPulses);
    const outputsAt = (left: number, right: number) => {
      motors.apply([left, right]);
      return Object.fromEntries(outputs);
    };
    expect(outputsAt(0.4, -0.6)).toEqual({ 18: 0.4, 17: 1, 27: 0, 13: 0, 19: 0.6 });
    expect(outputsAt(-0.3, 1)).toEqual({ 18: 0.3, 17: 0, 27: 1, 13: 1, 19: 0 });
    expect(outputsAt(0, 0)).toEqual({ 18: 0, 17: 0, 27: 0, 13: 0, 19: 0 });
  });

  test('writes nothing where nothing changes, but is turned off again and again', () => {
    const { pins, log } = createPins();
    const motors = createMotorPair(pins, byLevels, byPulses);
    motors.apply([0.5, 0]);
    const before = log.length;
    motors.apply([0.5, 0]);
    expect(log).toHaveLength(before);
    motors.off();
    motors.off();
    expect(log.slice(before)).toEqual([...Array(2)].flatMap(() => ['17=0', '27=0', '18=0', '13=0', '19=0']));
  });

  test('goes on as before after it was turned off', () => {
    const { pins, at } = createPins();
    const motors = createMotorPair(pins, byLevels, byPulses);
    motors.apply([0.5, 0.5]);
    motors.off();
    motors.apply([0.5, 0.5]);
    expect([at(18), at(17), at(13)]).toEqual([0.5, 1, 0.5]);
  });

  test('never lets current flow both ways, or while the direction changes, and never leaves the range', () => {
    const speed = fc.oneof(fc.constantFrom(-1, 0, 1), fc.double({ min: -1, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(fc.option(fc.tuple(speed, speed), { freq: 9 })), (commands) => {
        const { outputs, at } = createPins();
        const put = (gpio: number, value: number): void => {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
          const isDirection = gpio === 17 || gpio === 27;
          if (isDirection && value === 1) expect(at(18)).toBe(0);
          outputs.set(gpio, value);
          expect(at(17) === 1 && at(27) === 1).toBe(false);
          expect(Number(at(13)) > 0 && Number(at(19)) > 0).toBe(false);
        };
        const motors = createMotorPair({ write: put, pulse: put }, byLevels, byPulses);
        for (const command of commands) {
          if (command === null) motors.off();
          else motors.apply(command);
          const [left, right] = command ?? [0, 0];
          expect(Number(at(18)) * (Number(at(17)) - Number(at(27)))).toBe(left === 0 ? 0 : left);
          expect(Number(at(13)) - Number(at(19))).toBe(right === 0 ? 0 : right);
        }
      }),
    );
  });
});
