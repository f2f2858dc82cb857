import type { PinDevice } from './pin-device.js';
import type { OutputPins } from './pins.js';

export interface RgbLedPins {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  /** Whether the three share the supply, so that a pin at low level lights its part. */
  readonly isCommonAnode: boolean;
}

const BRIGHTNESS = { least: 0, most: 1 };

/** An RGB LED, which is told for how much of the time each part shines: red, green, blue. */
export function createRgbLed(pins: OutputPins, { red, green, blue, isCommonAnode }: RgbLedPins): PinDevice {
  const shine = (shares: readonly number[]): void => {
    for (const [index, gpio] of [red, green, blue].entries()) {
      const share = shares[index] ?? 0;
      pins.pulse(gpio, isCommonAnode ? 1 - share : share);
    }
  };
  const off = (): void => shine([0, 0, 0]);
  off();
  return { ranges: [BRIGHTNESS, BRIGHTNESS, BRIGHTNESS], apply: shine, off };
}
