import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { syntheticInput } from '../../../adapters/input/synthetic.js';
import type { Reading } from '../../../contract/adapters.js';
import { createManualClock } from '../../support/manual-clock.js';
import { createInputBench, describeInput } from './input-suite.js';

describeInput(syntheticInput, async () => ({ options: { waveform: 'rotation', noise: 0.3 } }));

const START = 1_800_000_000;

/** The first readings of a synthetic input that starts at a Unix time. */
function read(options: object, count = 20, startSeconds = START, everySeconds = 0.1): Reading[] {
  const clock = createManualClock(startSeconds);
  const bench = createInputBench(clock, everySeconds);
  const stop = new AbortController();
  void syntheticInput.create(syntheticInput.options.parse(options), bench.context).run(stop.signal);
  for (let step = 1; step < count; step += 1) clock.advance(everySeconds);
  stop.abort();
  clock.advance(1);
  return bench.readings;
}

const values = (options: object): number[] => read(options).map(({ value }) => value);

describe('a waveform', () => {
  test.each([
    ['sine', (cycles: number) => Math.sin(2 * Math.PI * cycles)],
    ['square', (cycles: number) => (cycles % 1 < 0.5 ? 1 : -1)],
    ['ramp', (cycles: number) => 2 * (cycles % 1) - 1],
    ['constant', () => 0],
  ])('%s follows the clock', (waveform, wave) => {
    // The start is a whole number of cycles; a quarter of the step keeps clear of the corners.
    const options = { waveform, frequency: 0.5, amplitude: 3, offset: 10, phase: 0.1 };
    for (const [step, value] of values(options).entries()) {
      expect(value).toBeCloseTo(10 + 3 * wave(step * 0.05 + 0.1 / (2 * Math.PI)), 5);
    }
  });

  test('rotation turns once a period and carries an angle', () => {
    for (const [step, { value, imag }] of read({
      waveform: 'rotation',
      frequency: 0.5,
      phase: 1,
    }).entries()) {
      expect(value).toBeCloseTo(Math.cos(Math.PI * step * 0.1 + 1), 6);
      expect(imag).toBeCloseTo(Math.sin(Math.PI * step * 0.1 + 1), 6);
    }
  });

  test('a rotation of negative frequency runs backwards', () => {
    const [, second] = read({ waveform: 'rotation', frequency: -0.5 });
    expect(second?.imag).toBeCloseTo(Math.sin(-Math.PI * 0.1), 6);
  });

  test('only a rotation is a pair', () => {
    expect(read({ waveform: 'noise' })[0]).not.toHaveProperty('imag');
  });
});

describe('noise', () => {
  test('is the same on every host of the same clock and seed', () => {
    const options = { waveform: 'noise', seed: 7 };
    expect(values(options)).toEqual(values(options));
    expect(read(options, 10, START + 1)).toEqual(read(options, 20).slice(10));
  });

  test('differs by the seed', () => {
    expect(values({ waveform: 'noise', seed: 7 })).not.toEqual(values({ waveform: 'noise', seed: 8 }));
  });

  test('has mean 0 and the variance of a uniform one', () => {
    const samples = read({ waveform: 'noise' }, 20_000).map(({ value }) => value);
    const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
    const variance = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
    const successive = samples.slice(1).reduce((sum, value, index) => sum + value * (samples[index] ?? 0), 0);
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(variance).toBeCloseTo(1 / 3, 1);
    expect(Math.abs(successive / samples.length)).toBeLessThan(0.02);
  });

  test('never takes a reading beyond the amplitude', () => {
    const waveform = fc.constantFrom('sine', 'square', 'ramp', 'constant', 'noise', 'rotation');
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(waveform, share, fc.integer({ min: 0, max: 2 ** 31 }), (wave, noise, seed) => {
        for (const { value, imag = 0 } of read({ waveform: wave, noise, seed, amplitude: 2, offset: 5 }, 5)) {
          expect(Math.abs(value - 5)).toBeLessThanOrEqual(2 + 1e-9);
          expect(Math.abs(imag)).toBeLessThanOrEqual(2 + 1e-9);
        }
      }),
      { numRuns: 50 },
    );
  });
});
