import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { WS281X_SPI_HZ, ws281xFrame } from '../../../adapters/drive/ws281x.js';

const RESET = '00'.repeat(240);

/** The level of the line for each SPI bit. */
function levelsOf(frame: Buffer): number[] {
  return [...frame].flatMap((byte) => Array.from({ length: 8 }, (_, index) => (byte >> (7 - index)) & 1));
}

/** How long the line is high and then low, in microseconds, one after the other. */
function pulsesOf(frame: Buffer): { highUs: number; lowUs: number }[] {
  const text = levelsOf(frame).join('');
  return [...text.matchAll(/(1+)(0+)/g)].map(([, high = '', low = '']) => ({
    highUs: (high.length / WS281X_SPI_HZ) * 1e6,
    lowUs: (low.length / WS281X_SPI_HZ) * 1e6,
  }));
}

/** The bytes that LEDs make of a line: a long pulse is a 1. */
function bytesOf(frame: Buffer): number[] {
  const bits = pulsesOf(frame).map(({ highUs }) => (highUs > 0.5 ? 1 : 0));
  return Array.from({ length: bits.length / 8 }, (_, index) =>
    Number.parseInt(bits.slice(8 * index, 8 * index + 8).join(''), 2),
  );
}

describe('a frame for a WS281x strip', () => {
  test('is these bytes: green, red, blue, the highest bit first, a byte a bit; then low', () => {
    const frame = ws281xFrame({ red: 255, green: 1, blue: 0x80 }, { lit: 1, count: 2, order: 'GRB' });
    const green = 'c0c0c0c0c0c0c0f8';
    const red = 'f8f8f8f8f8f8f8f8';
    const blue = 'f8c0c0c0c0c0c0c0';
    expect(frame.toString('hex')).toBe(`00${green}${red}${blue}${'c0'.repeat(24)}${RESET}`);
  });

  test('may have red first', () => {
    const frame = ws281xFrame({ red: 1, green: 2, blue: 3 }, { lit: 1, count: 1, order: 'RGB' });
    expect(bytesOf(frame)).toEqual([1, 2, 3]);
  });

  test('keeps the times of the data sheets, with and without the pause after each byte', () => {
    const frame = ws281xFrame({ red: 0, green: 255, blue: 0x55 }, { lit: 3, count: 3, order: 'GRB' });
    const pauseUs = 1e6 / WS281X_SPI_HZ;
    const pulses = pulsesOf(frame).slice(0, -1);
    for (const { highUs, lowUs } of pulses) {
      const isOne = highUs > 0.5;
      // WS2812B: T0H 0.4, T1H 0.8, T0L 0.85, T1L 0.45 us, each +- 0.15 us; WS2812B-V5: T0H 0.22 to 0.38, T1H 0.58 to 1 us.
      expect(highUs).toBeGreaterThan(isOne ? 0.65 : 0.25);
      expect(highUs).toBeLessThan(isOne ? 0.95 : 0.38);
      expect(lowUs).toBeGreaterThan(isOne ? 0.3 : 0.7);
      expect(lowUs).toBeLessThan(isOne ? 0.6 : 1);
      // A low that lasts longer is no reset before 50 us.
      expect(lowUs + pauseUs).toBeLessThan(50);
    }
    expect(pulsesOf(frame).at(-1)?.lowUs).toBeGreaterThan(280);
    expect([...frame].every((byte) => (byte & 1) === 0)).toBe(true);
  });

  test('is read by the LEDs as it was meant', () => {
    const level = fc.nat(255);
    const shape = fc
      .nat(40)
      .chain((more) => fc.record({ lit: fc.nat(more + 1), count: fc.constant(more + 1) }));
    fc.assert(
      fc.property(level, level, level, shape, (red, green, blue, { lit, count }) => {
        const frame = ws281xFrame({ red, green, blue }, { lit, count, order: 'GRB' });
        expect(frame).toHaveLength(1 + 24 * count + 240);
        const expected = Array.from({ length: count }, (_, index) =>
          index < lit ? [green, red, blue] : [0, 0, 0],
        );
        expect(bytesOf(frame)).toEqual(expected.flat());
      }),
    );
  });
});
