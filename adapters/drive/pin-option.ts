import { z } from 'zod';
import { gpioOfPin } from '../sensors/header-pins.js';

export type PinMapping = 'physical' | 'gpio';

export const pinOption = z.int().min(0).max(53);

export const mappingOption = z
  .enum(['physical', 'gpio'])
  .default('physical')
  .describe("how pins are counted: physical: on the header, 1 to 40; gpio: Broadcom's number, 17 for GPIO17");

export const dryRunOption = z
  .string()
  .min(1)
  .optional()
  .describe('a file: every change of a pin becomes a line of it, and the pins are left alone');

/**
 * Broadcom's number of a pin.
 *
 * @param model as the device tree names it.
 * @throws RangeError with a sentence when the pin carries no signal.
 */
export function toGpio(pin: number, mapping: PinMapping, model: string): number {
  const gpio = mapping === 'gpio' ? pin : gpioOfPin(pin, model);
  if (gpio !== null) return gpio;
  throw new RangeError(`found pin ${pin}, which carries no signal, expected one that is a GPIO`);
}

/** @throws RangeError with a sentence when one of the pins stands there twice. */
export function refuseTwice(gpios: readonly number[]): void {
  const twice = gpios.find((gpio, index) => gpios.indexOf(gpio) !== index);
  if (twice !== undefined) throw new RangeError(`pins: found GPIO${twice} twice, expected each pin once`);
}
