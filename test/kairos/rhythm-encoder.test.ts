import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CycleClock } from '../../kairos/cycle-clock.js';
import { createRhythmEncoder } from '../../kairos/index.js';
import { between } from './arbitraries.js';
import { createRandom } from './random.js';
import { angleBetween, argument, type Complex, distance, readVectors, split } from './vectors.js';

interface RhythmVectors {
  readonly cases: readonly {
    readonly frequency: number;
    readonly bandwidth: number;
    readonly times: readonly number[];
    readonly x: readonly number[];
    readonly z_every_50th: readonly Complex[];
  }[];
}

const { cases } = readVectors<RhythmVectors>('rhythm');

test.each(cases)('agrees with the independent vectors to 1e-9 at $frequency Hz', (vectors) => {
  const encoder = createRhythmEncoder({ frequencyHz: vectors.frequency, bandwidthHz: vectors.bandwidth });
  let compared = 0;
  for (const [index, seconds] of vectors.times.entries()) {
    encoder.encode(vectors.x[index] as number, 0, ...split(seconds));
    if (index % 50 !== 0) continue;
    expect(distance(encoder, vectors.z_every_50th[index / 50] as Complex)).toBeLessThan(1e-9);
    compared++;
  }
  expect(compared).toBe(vectors.z_every_50th.length);
});

describe('closed forms', () => {
  test('a steady cosine gives exp(i (theta + atan(1/(20 pi)))) with ripple b/(2f)', () => {
    const [frequencyHz, bandwidthHz] = [1, 0.02];
    for (const theta of [-2, 0, 1.3]) {
      const encoder = createRhythmEncoder({ frequencyHz, bandwidthHz });
      const ripple = bandwidthHz / (2 * frequencyHz) + 2e-3;
      let [worstAngle, least] = [0, 1];
      for (let step = 0; step < 40_000; step++) {
        const t = step / 200;
        encoder.encode(7 + 3 * Math.cos(2 * Math.PI * frequencyHz * t + theta), 0, ...split(t));
        if (t < 120) continue;
        const expected = theta + Math.atan(1 / (20 * Math.PI));
        worstAngle = Math.max(worstAngle, angleBetween(argument(encoder), expected));
        least = Math.min(least, Math.hypot(encoder.real, encoder.imag));
      }
      expect(worstAngle).toBeLessThan(ripple);
      expect(least).toBeGreaterThan(1 - 2 * ripple);
    }
  });

  test('wide-band noise gives |z|^2 near the share of its power in the band', () => {
    const random = createRandom(1);
    const encoder = createRhythmEncoder({ frequencyHz: 5, bandwidthHz: 0.5 });
    let sum = 0;
    let count = 0;
    for (let step = 0; step < 200_000; step++) {
      encoder.encode(random.normal(), 0, ...split(step / 100));
      if (step < 2000) continue;
      sum += encoder.real ** 2 + encoder.imag ** 2;
      count++;
    }
    // A one-pole filter of half-width b passes a noise bandwidth of pi b on either side: of 100 Hz, at +f and
    // -f.
    expect(sum / count).toBeCloseTo((2 * Math.PI * 0.5) / 100, 2);
  });
});

test('scaling a signal changes no phase', () => {
  const signals = fc.array(between(-1, 1), { minLength: 10, maxLength: 200 });
  fc.assert(
    fc.property(signals, between(1e-3, 1e6), (signal, scale) => {
      const plain = createRhythmEncoder({ frequencyHz: 1, bandwidthHz: 0.3 });
      const scaled = createRhythmEncoder({ frequencyHz: 1, bandwidthHz: 0.3 });
      let worst = 0;
      for (const [step, x] of signal.entries()) {
        // Only what is well above rounding: a subnormal reading has no digits left to scale.
        const reading = Math.round(x * 1e6) / 1e6;
        plain.encode(reading, 0, 1_800_000_000, step / 300);
        scaled.encode(reading * scale, 0, 1_800_000_000, step / 300);
        worst = Math.max(worst, distance(plain, scaled));
      }
      expect(worst).toBeLessThan(1e-9);
    }),
  );
});

test('today and 1970 give the same phase to 1e-9', () => {
  const [now, then] = [1, 2].map(() => createRhythmEncoder({ frequencyHz: 1.3, bandwidthHz: 0.2 }));
  if (now === undefined || then === undefined) throw new Error('two encoders');
  // How far the double 1.3, a multiple of 2^-52, has turned by then: in whole numbers, and so exactly.
  const turned = Number((BigInt(1.3 * 2 ** 52) * 1_800_000_000n) % 2n ** 52n) / 2 ** 52;
  let worst = 0;
  for (let step = 0; step < 5000; step++) {
    const [whole, fraction] = split(step / 64);
    const x = Math.cos(1.3 * 2 * Math.PI * (step / 64)) + Math.sin(step);
    then.encode(x, 0, whole, fraction);
    now.encode(x, 0, 1_800_000_000 + whole, fraction);
    const expected = argument(then) - 2 * Math.PI * turned;
    if (step > 100) worst = Math.max(worst, angleBetween(argument(now), expected));
  }
  expect(worst).toBeLessThan(1e-9);
});

test('cycles are exact however late the instant', () => {
  const numbers = fc.tuple(between(1e-6, 1e4), fc.integer({ min: -(2 ** 40), max: 2 ** 40 }));
  fc.assert(
    fc.property(numbers, ([frequencyHz, wholeSeconds]) => {
      const scale = 2n ** 80n;
      // The double as an integer over 2^80; what 80 bits cut off is below 2^-53 of a cycle only for 27 bits
      // of seconds.
      const high = BigInt(Math.floor(frequencyHz * 2 ** 30)) * 2n ** 50n;
      const rest = frequencyHz * 2 ** 30 - Math.floor(frequencyHz * 2 ** 30);
      const exact = high + BigInt(Math.round(rest * 2 ** 50));
      const product = (((exact * BigInt(wholeSeconds)) % scale) + scale) % scale;
      const expected = Number(product / 2n ** 20n) / 2 ** 60;
      const turns = new CycleClock(frequencyHz).at(wholeSeconds, 0);
      expect(angleBetween(2 * Math.PI * turns, 2 * Math.PI * expected)).toBeLessThan(1e-9);
    }),
    { numRuns: 1000 },
  );
});

test('turning by cycles gives their cos and sin in every quadrant', () => {
  const clock = new CycleClock(1);
  for (let step = -40; step <= 40; step++) {
    clock.turnTo(step / 16);
    expect(clock.cosine).toBeCloseTo(Math.cos((step / 8) * Math.PI), 14);
    expect(clock.sine).toBeCloseTo(Math.sin((step / 8) * Math.PI), 14);
  }
});

test('a gap of more than half a period starts the encoder, and only it, afresh', () => {
  const encoder = createRhythmEncoder({ frequencyHz: 1, bandwidthHz: 0.2 });
  for (let step = 0; step < 100; step++) encoder.encode(Math.sin(step), 0, 0, step / 100);
  expect(Math.hypot(encoder.real, encoder.imag)).toBeGreaterThan(0);
  encoder.encode(5, 0, 1, 0.49 + 0.01);
  expect(encoder).toMatchObject({ real: 0, imag: 0, restarted: false });
  encoder.encode(6, 0, 1, 0.6);
  expect(Math.hypot(encoder.real, encoder.imag)).toBeGreaterThan(0);
});

test('a constant signal has phase 0', () => {
  const encoder = createRhythmEncoder({ frequencyHz: 1, bandwidthHz: 0.2 });
  for (let step = 0; step < 100; step++) expect(encoder.encode(21.3, 0, 0, step / 100)).toBe(true);
  expect(Math.hypot(encoder.real, encoder.imag)).toBe(0);
});

test('a sensor that freezes loses its rhythm', () => {
  const encoder = createRhythmEncoder({ frequencyHz: 1, bandwidthHz: 0.05 });
  for (let step = 0; step < 1000; step++) encoder.encode(Math.sin(step / 5), 0, ...split(step / 32));
  expect(Math.hypot(encoder.real, encoder.imag)).toBeGreaterThan(0.9);
  for (let step = 1000; step < 100_000; step++) encoder.encode(0.3, 0, ...split(step / 32));
  // What is left of the mean's error is no rhythm: sqrt(2) b/f of it falls into the band.
  expect(Math.hypot(encoder.real, encoder.imag)).toBeLessThan(0.08);
});
