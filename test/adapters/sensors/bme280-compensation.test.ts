import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Bme280Trimming,
  celsius,
  fineTemperature,
  pascal,
  relativeHumidity,
} from '../../../adapters/sensors/bme280-compensation.js';
import { EXAMPLE } from './fake-bosch.js';

const toBigInts = (values: readonly number[]): bigint[] => values.map(BigInt);
const trimmingOf = ({ t, p, h }: Record<'t' | 'p' | 'h', readonly number[]>): Bme280Trimming =>
  ({ t: toBigInts(t), p: toBigInts(p), h: toBigInts(h) }) as unknown as Bme280Trimming;

test("gives the datasheet's example", () => {
  const trimming = trimmingOf(EXAMPLE);
  const tFine = fineTemperature(trimming, BigInt(EXAMPLE.adcT));
  expect(tFine).toBe(128422n);
  expect(celsius(tFine)).toBe(25.08);
  // The datasheet prints 100653.27, which is its floating-point formula; its 64-bit C, compiled, gives 25767233 / 256.
  const example = floating(EXAMPLE);
  expect(example.pascal(example.tFine(EXAMPLE.adcT), EXAMPLE.adcP).toFixed(2)).toBe('100653.27');
  expect(pascal(trimming, tFine, BigInt(EXAMPLE.adcP))).toBe(25767233 / 256);
});

test('gives 0 Pa instead of dividing by the trimming value 0', () => {
  const trimming = trimmingOf({ ...EXAMPLE, p: EXAMPLE.p.map((value, index) => (index === 0 ? 0 : value)) });
  expect(pascal(trimming, 128422n, 415148n)).toBe(0);
});

/** The datasheet's other formulas, in floating point (BST-BME280-DS002, appendix 8.1). */
function floating({ t, p, h }: Record<'t' | 'p' | 'h', readonly number[]>) {
  const [t1 = 0, t2 = 0, t3 = 0] = t;
  const [p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0, p8 = 0, p9 = 0] = p;
  const [h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0] = h;
  return {
    tFine: (adcT: number): number => (adcT / 16384 - t1 / 1024) * t2 + (adcT / 131072 - t1 / 8192) ** 2 * t3,
    pascal(tFine: number, adcP: number): number {
      let var1 = tFine / 2 - 64000;
      let var2 = (var1 * var1 * p6) / 32768 + var1 * p5 * 2;
      var2 = var2 / 4 + p4 * 65536;
      var1 = ((p3 * var1 * var1) / 524288 + p2 * var1) / 524288;
      var1 = (1 + var1 / 32768) * p1;
      const raw = ((1048576 - adcP - var2 / 4096) * 6250) / var1;
      return raw + ((p9 * raw * raw) / 2147483648 + (raw * p8) / 32768 + p7) / 16;
    },
    humidity(tFine: number, adcH: number): number {
      const fine = tFine - 76800;
      const raw =
        (adcH - (h4 * 64 + (h5 / 16384) * fine)) *
        ((h2 / 65536) * (1 + (h6 / 67108864) * fine * (1 + (h3 / 67108864) * fine)));
      return Math.min(100, Math.max(0, raw * (1 - (h1 * raw) / 524288)));
    },
  };
}

/** Values about those of real chips. */
const about = (values: readonly number[], spread: number): fc.Arbitrary<number[]> =>
  fc.tuple(
    ...values.map((value) => {
      const reach = Math.ceil(Math.abs(value) * spread);
      return fc.integer({ min: value - reach, max: value + reach });
    }),
  );
const chips = fc.record({
  t: about(EXAMPLE.t, 0.05),
  p: about(EXAMPLE.p, 0.05),
  h: about([75, 370, 2, 313, 50, 30], 0.1),
  adcT: fc.integer({ min: 400_000, max: 600_000 }),
  adcP: fc.integer({ min: 300_000, max: 500_000 }),
  adcH: fc.integer({ min: 20_000, max: 45_000 }),
});

describe('agrees with the floating-point formulas of the datasheet', () => {
  test('in temperature to 0.01 °C, pressure to 0.2 Pa and humidity to 0.05 %', () => {
    fc.assert(
      fc.property(chips, ({ adcT, adcP, adcH, ...chip }) => {
        const [trimming, reference] = [trimmingOf(chip), floating(chip)];
        const tFine = fineTemperature(trimming, BigInt(adcT));
        expect(Math.abs(celsius(tFine) - reference.tFine(adcT) / 5120)).toBeLessThan(0.011);
        const fine = Number(tFine);
        expect(Math.abs(pascal(trimming, tFine, BigInt(adcP)) - reference.pascal(fine, adcP))).toBeLessThan(
          0.2,
        );
        expect(
          Math.abs(relativeHumidity(trimming, tFine, BigInt(adcH)) - reference.humidity(fine, adcH)),
        ).toBeLessThan(0.05);
      }),
      { numRuns: 1000 },
    );
  });

  test('and keeps humidity within 0 and 100 %', () => {
    const trimming = trimmingOf(EXAMPLE);
    expect(relativeHumidity(trimming, 128422n, 0n)).toBe(0);
    expect(relativeHumidity(trimming, 128422n, 65535n)).toBe(100);
  });
});
