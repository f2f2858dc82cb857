import { z } from 'zod';
import type { MotorPins } from './h-bridge.js';
import { type PinMapping, pinOption, refuseTwice, toGpio } from './pin-option.js';

const motorSchema = z.union(
  [
    z.strictObject({ enable: pinOption, in1: pinOption, in2: pinOption }),
    z.strictObject({ forward: pinOption, backward: pinOption }),
  ],
  { error: 'the pins {enable, in1, in2} or {forward, backward}' },
);

/** Where two motors are wired, each either way. */
export const motorPinsSchema = z.strictObject({
  left: motorSchema.describe('{enable, in1, in2} for an L298N or TB6612, {forward, backward} for a DRV8833'),
  right: motorSchema.describe('likewise'),
});
export type MotorPinsOption = z.output<typeof motorPinsSchema>;

/** Which of the two PWM channels a pin can put out. @see BCM2835 ARM Peripherals, 6.2, alternative functions. */
const PWM_CHANNELS: ReadonlyMap<number, number> = new Map([
  [12, 0],
  [18, 0],
  [13, 1],
  [19, 1],
]);

/** The pins that put out a PWM channel. */
export const PWM_GPIOS: readonly number[] = [...PWM_CHANNELS.keys()];

/**
 * The pins of two motors by Broadcom's numbers.
 *
 * @throws RangeError with a sentence when they cannot serve: a pin that carries no signal, one that stands there
 * twice, one without PWM where PWM is needed, both motors on one channel.
 */
export function motorGpios(
  pins: MotorPinsOption,
  mapping: PinMapping,
  model: string,
): { readonly left: MotorPins; readonly right: MotorPins } {
  const gpio = (pin: number): number => toGpio(pin, mapping, model);
  const gpiosOf = (motor: MotorPinsOption['left']): MotorPins =>
    'enable' in motor
      ? { enable: gpio(motor.enable), in1: gpio(motor.in1), in2: gpio(motor.in2) }
      : { forward: gpio(motor.forward), backward: gpio(motor.backward) };
  const [left, right] = [gpiosOf(pins.left), gpiosOf(pins.right)];
  refuseTwice(gpiosIn(left, right));
  if (channelOf('left', left) !== channelOf('right', right)) return { left, right };
  throw new RangeError(
    'pins: found both motors on one PWM channel, expected GPIO12 or 18 for one and GPIO13 or 19 for the other',
  );
}

export function gpiosIn(...motors: readonly MotorPins[]): number[] {
  return motors.flatMap((motor) => Object.values(motor));
}

function channelOf(side: string, motor: MotorPins): number {
  const pulsed = 'enable' in motor ? [motor.enable] : [motor.forward, motor.backward];
  const channels = pulsed.map((gpio) => {
    const channel = PWM_CHANNELS.get(gpio);
    if (channel !== undefined) return channel;
    throw new RangeError(
      `pins.${side}: found GPIO${gpio}, which has no PWM, expected GPIO12, 13, 18 or 19 (pins 32, 33, 12, 35)`,
    );
  });
  const [first = 0, second = first] = channels;
  if (first === second) return first;
  throw new RangeError(
    `pins.${side}: found ${pulsed.map((gpio) => `GPIO${gpio}`).join(' and ')}, which are two PWM channels, expected GPIO12 and 18, or GPIO13 and 19`,
  );
}
