import type { Rgb } from '../mesh-swatch.js';

/** In which order an LED takes its three bytes: GRB for the WS2812B, RGB for the WS2811 and others. */
export type ByteOrder = 'GRB' | 'RGB';

export interface StripFrame {
  /** How many LEDs shine, from the first on. */
  readonly lit: number;
  readonly count: number;
  readonly order: ByteOrder;
}

/** At this rate an SPI bit lasts 0.156 us, and a byte is a bit of an LED. */
export const WS281X_SPI_HZ = 6_400_000;

/** High for 2 of 8 SPI bits, 0.31 us: T0H is 0.4 us +- 0.15 us (V5: 0.22 to 0.38 us). */
const ZERO = 0b1100_0000;
/** High for 5 of 8 SPI bits, 0.78 us: T1H is 0.8 us +- 0.15 us (V5: 0.58 to 1 us). */
const ONE = 0b1111_1000;
/** So that the first bit does not begin with whatever level the line had. */
const LEAD_BYTES = 1;
/** Low for 0.3 ms: a WS2812B shows what it got after 50 us, one of version 5 after 280 us. */
const RESET_BYTES = 240;

/**
 * What to send out of MOSI at {@link WS281X_SPI_HZ} for a strip of one colour, all of it or the first LEDs.
 *
 * A whole byte for a bit, though three SPI bits at 2.4 MHz would do: the Pi's SPI, which the processor feeds, pauses
 * between two bytes and holds the level meanwhile. Here that level is always low, and a low may last longer.
 *
 * @param colour each part in [0, 255].
 * @see Worldsemi, WS2812B data sheet, "Data transfer time" and "Composition of 24bit data".
 */
export function ws281xFrame({ red, green, blue }: Rgb, { lit, count, order }: StripFrame): Buffer {
  const colour = order === 'GRB' ? [green, red, blue] : [red, green, blue];
  const led = Buffer.from(colour.flatMap(bitsOf));
  const dark = Buffer.alloc(led.length, ZERO);
  const leds = Array.from({ length: count }, (_, index) => (index < lit ? led : dark));
  return Buffer.concat([Buffer.alloc(LEAD_BYTES), ...leds, Buffer.alloc(RESET_BYTES)]);
}

/** A byte as eight SPI bytes, the highest bit first. */
function bitsOf(byte: number): number[] {
  return Array.from({ length: 8 }, (_, index) => ((byte >> (7 - index)) & 1 ? ONE : ZERO));
}
