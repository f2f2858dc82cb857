import type { PinDevice } from './pin-device.js';
import type { SpiWriter } from './pins.js';
import { type ByteOrder, ws281xFrame } from './ws281x.js';

export interface LedStripShape {
  /** How many LEDs it has. */
  readonly count: number;
  readonly order: ByteOrder;
}

const LEVEL = { least: 0, most: 255 };

/** A strip, which is told a colour and how many of its LEDs shine, from the first on: red, green, blue, lit. */
export function createLedStrip(write: SpiWriter, { count, order }: LedStripShape): PinDevice {
  const show = (red: number, green: number, blue: number, lit: number): void =>
    write(ws281xFrame({ red, green, blue }, { lit: Math.round(lit), count, order }));
  const off = (): void => show(0, 0, 0, 0);
  off();
  return {
    ranges: [LEVEL, LEVEL, LEVEL, { least: 0, most: count }],
    apply: ([red = 0, green = 0, blue = 0, lit = 0]) => show(red, green, blue, lit),
    off,
  };
}
