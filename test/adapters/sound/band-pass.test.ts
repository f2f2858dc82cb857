import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BandPass } from '../../../adapters/sound/band-pass.js';

const RATE_HZ = 16_000;
const ORDER = 4;

/** The gain at a frequency, out of the response to one sample of 1. */
function gainOf(filter: BandPass, hz: number, rateHz: number, samples = 1 << 15): number {
  let re = 0;
  let im = 0;
  for (let n = 0; n < samples; n += 1) {
    const heard = filter.step(n === 0 ? 1 : 0);
    re += heard * Math.cos((2 * Math.PI * hz * n) / rateHz);
    im -= heard * Math.sin((2 * Math.PI * hz * n) / rateHz);
  }
  return Math.hypot(re, im);
}

/** What Butterworth's magnitude and the bilinear transform say that it must be. */
function butterworth(low: number, high: number, hz: number, rateHz: number): number {
  const [l, h, w] = [low, high, hz].map((f) => Math.tan((Math.PI * f) / rateHz)) as [number, number, number];
  return 1 / Math.sqrt(1 + ((w * w - l * h) / ((h - l) * w)) ** (2 * ORDER));
}

test.each([
  [80, 300],
  [300, 3400],
  [995, 1005],
  [20, 7900],
])('the gain from %d to %d Hz is Butterworth of order 8', (low, high) => {
  const centre = Math.sqrt(low * high);
  for (const hz of [low / 4, low / 2, low * 0.9, low, centre, high, high * 1.01]) {
    const gain = gainOf(new BandPass(low, high, RATE_HZ), hz, RATE_HZ);
    expect(gain).toBeCloseTo(butterworth(low, high, hz, RATE_HZ), 7);
  }
});

describe('the band of a voice, 80 to 300 Hz', () => {
  const gainDb = (hz: number): number => 20 * Math.log10(gainOf(new BandPass(80, 300, RATE_HZ), hz, RATE_HZ));

  test('is let through within 1% at its centre, and at half of the power at its edges', () => {
    expect(10 ** (gainDb(Math.sqrt(80 * 300)) / 20)).toBeCloseTo(1, 2);
    expect([gainDb(80), gainDb(300)]).toEqual([expect.closeTo(-3.01, 1), expect.closeTo(-3.01, 1)]);
  });

  test('falls by 24 dB an octave beyond', () => {
    expect([gainDb(600), gainDb(40)]).toEqual([expect.closeTo(-32.5, 0), expect.closeTo(-32.5, 0)]);
    expect(gainDb(5) - gainDb(10)).toBeCloseTo(-24, 0);
    // Above, the bilinear transform has it fall faster towards half of the rate.
    expect(gainDb(2400) - gainDb(1200)).toBeLessThan(-24);
  });
});

test('whatever the band, what is heard stays bounded and dies away', () => {
  const bands = fc
    .tuple(
      fc.constantFrom(8000, 16_000, 48_000),
      fc.double({ min: 0.002, max: 0.9, noNaN: true }),
      fc.double({ min: 0.02, max: 1, noNaN: true }),
    )
    .map(([rateHz, from, share]) => {
      const low = (from * rateHz) / 2;
      return { rateHz, low, high: low + (rateHz / 2 - low) * share * 0.99 };
    });
  fc.assert(
    fc.property(bands, fc.integer(), ({ rateHz, low, high }, seed) => {
      const filter = new BandPass(low, high, rateHz);
      let state = seed;
      let largest = 0;
      for (let n = 0; n < 4000; n += 1) {
        state = (Math.imul(state, 1664525) + 1013904223) | 0;
        largest = Math.max(largest, Math.abs(filter.step(state < 0 ? -1 : 1)));
      }
      expect(largest).toBeLessThan(8);
      let rest = 1;
      for (let n = 0; n < 200_000 && rest !== 0; n += 1) {
        rest = filter.step(0);
        if (n % 160 === 0) filter.settle();
      }
      expect(rest).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test.each([
  [0, 300],
  [300, 80],
  [300, 300],
  [80, 8000],
  [Number.NaN, 300],
])('a band of %d to %d Hz is refused', (low, high) => {
  expect(() => new BandPass(low, high, RATE_HZ)).toThrow(
    new RangeError(
      `found a band of ${low} to ${high} Hz, expected one above 0 and below 8000 Hz, half of the rate`,
    ),
  );
});
