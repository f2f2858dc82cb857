import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Witness } from '../../kairos/index.js';
import { createRandom } from './random.js';
import { type Complex, distance, readVectors, unit } from './vectors.js';

interface WitnessVectors {
  readonly mu: number;
  readonly beta: number;
  readonly Z: readonly Complex[];
  readonly steps: readonly {
    readonly model: Complex;
    readonly prediction: Complex;
    readonly residual: number;
    readonly surprise: number;
  }[];
}

test('agrees with the independent vectors to 1e-9', () => {
  const vectors = readVectors<WitnessVectors>('witness');
  const witness = new Witness({ learningRate: vectors.mu, forgetting: vectors.beta });
  for (const [index, expected] of vectors.steps.entries()) {
    const { real, imag } = vectors.Z[index] as Complex;
    witness.step(real, imag);
    const model = { real: witness.modelReal, imag: witness.modelImag };
    const prediction = { real: witness.predictionReal, imag: witness.predictionImag };
    expect(distance(model, expected.model)).toBeLessThan(1e-9);
    expect(distance(prediction, expected.prediction)).toBeLessThan(1e-9);
    expect(Math.abs(witness.residual - expected.residual)).toBeLessThan(1e-9);
    expect(Math.abs(witness.surprise - expected.surprise)).toBeLessThan(1e-9);
  }
});

test('Z = rho exp(i W t) has the fixed point exp(i W dt), whatever rho', () => {
  for (const rho of [1, 0.3, 0.01]) {
    const witness = new Witness();
    for (let step = 0; step < 400; step++) {
      const { real, imag } = unit(0.7 * step);
      witness.step(rho * real, rho * imag);
    }
    expect(distance({ real: witness.modelReal, imag: witness.modelImag }, unit(0.7))).toBeLessThan(1e-9);
    expect(witness.residual).toBeLessThan(1e-9);
    expect(witness.surprise).toBeLessThan(1e-3);
    expect(witness.settled).toBe(true);
  }
});

describe('settled', () => {
  test('comes after 20 quiet steps, and goes with the first surprise', () => {
    const witness = new Witness();
    for (let step = 1; step <= 19; step++) witness.step(0.5, 0.5);
    expect(witness.settled).toBe(false);
    witness.step(0.5, 0.5);
    expect(witness.settled).toBe(true);
    witness.step(-0.5, 0.5);
    expect(witness.settled).toBe(false);
  });

  test('never comes where there is nothing, or noise', () => {
    const [silent, noisy, random] = [new Witness(), new Witness(), createRandom(5)];
    for (let step = 0; step < 1000; step++) {
      silent.step(0, 0);
      noisy.step(0.3 * random.normal(), 0.3 * random.normal());
      expect(silent.settled || noisy.settled).toBe(false);
    }
    expect(silent).toMatchObject({ residual: 0, surprise: 0, modelReal: 1, modelImag: 0 });
    expect(noisy.surprise).toBeGreaterThan(0.5);
  });
});

test('stays finite and surprise in [0, 1], whatever comes', () => {
  const phases = fc.array(fc.tuple(fc.double({ min: -1, max: 1 }), fc.double({ min: -1, max: 1 })), {
    maxLength: 100,
  });
  fc.assert(
    fc.property(phases, (steps) => {
      const witness = new Witness();
      for (const [real, imag] of steps) {
        expect(witness.step(real, imag)).toBe(Number.isFinite(real + imag));
        expect(Number.isFinite(witness.modelReal + witness.modelImag + witness.residual)).toBe(true);
        expect(witness.surprise >= 0 && witness.surprise <= 1).toBe(true);
      }
    }),
  );
});

test('reset forgets, and rates out of range are refused', () => {
  const [used, fresh] = [new Witness(), new Witness()];
  for (let step = 0; step < 50; step++) used.step(Math.cos(step), Math.sin(step));
  used.reset();
  expect(used).toEqual(fresh);
  for (const options of [{ learningRate: 0 }, { learningRate: 2 }, { forgetting: 0 }, { forgetting: 1.1 }]) {
    expect(() => new Witness(options)).toThrow(/it must be above 0/);
  }
});
