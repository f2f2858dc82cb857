import type { RpioDoor } from '../rpio.js';
import { createMotorPair, type MotorPins } from './h-bridge.js';
import { createLedStrip, type LedStripShape } from './led-strip.js';
import { clocksOf } from './pi-clocks.js';
import type { PinDevice } from './pin-device.js';
import { createPinLog } from './pin-log.js';
import { createRgbLed, type RgbLedPins } from './rgb-led.js';
import { createRpioDimmedPins } from './rpio-dimmed-pins.js';
import { createRpioPwmPins } from './rpio-pwm-pins.js';
import { createRpioSpi } from './rpio-spi.js';
import { WS281X_SPI_HZ } from './ws281x.js';

/** What hangs on the pins, by Broadcom's numbers; JSON. */
export type PinDeviceConfig = (
  | { readonly device: 'motors'; readonly left: MotorPins; readonly right: MotorPins; readonly pwmHz: number }
  | ({ readonly device: 'led' } & RgbLedPins)
  | ({ readonly device: 'strip'; readonly coreHz?: number | undefined } & LedStripShape)
) & {
  /** A file that gets a line for what would happen to the pins, which are then left alone. */
  readonly dryRun?: string | undefined;
};

/**
 * Opens what hangs on the pins; it is off then.
 *
 * @throws Error with a sentence when rpio cannot drive them, or the file of a dry run cannot be opened.
 */
export async function openPinDevice(config: PinDeviceConfig, door: RpioDoor): Promise<PinDevice> {
  const log = config.dryRun === undefined ? undefined : createPinLog(config.dryRun);
  switch (config.device) {
    case 'motors':
      return createMotorPair(log ?? (await pwmPins(door, config.pwmHz)), config.left, config.right);
    case 'led':
      return createRgbLed(log ?? createRpioDimmedPins(await door.open('gpio')), config);
    case 'strip':
      return createLedStrip(log?.send ?? (await spi(door, config.coreHz)), config);
  }
}

async function pwmPins(door: RpioDoor, pwmHz: number) {
  const { oscillatorHz } = clocksOf(await door.check('pwm'));
  return createRpioPwmPins(await door.open('pwm'), oscillatorHz, pwmHz);
}

async function spi(door: RpioDoor, coreHz: number | undefined) {
  const clocks = clocksOf(await door.check('spi'));
  return createRpioSpi(await door.open('spi'), coreHz ?? clocks.coreHz, WS281X_SPI_HZ);
}
