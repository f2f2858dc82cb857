import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { WeBond, type WePartner } from '../../kairos/index.js';
import { between } from './arbitraries.js';
import { createRandom } from './random.js';
import { angleBetween, type Complex, distance, readVectors, unit } from './vectors.js';

interface WeVectors {
  readonly dt: number;
  readonly tau_we: number;
  readonly a: readonly Complex[];
  readonly b: readonly Complex[];
  readonly bond: readonly Complex[];
  readonly centred_strength: readonly number[];
}

function at(rad: number, coherence = 1, magnitude = 1): WePartner {
  const { real, imag } = unit(rad);
  return { real: magnitude * real, imag: magnitude * imag, coherence };
}

test('agrees with the independent vectors to 1e-9', () => {
  const vectors = readVectors<WeVectors>('we');
  const bond = new WeBond({ tauWeSeconds: vectors.tau_we });
  for (const [index, expected] of vectors.bond.entries()) {
    const [a, b] = [vectors.a[index] as Complex, vectors.b[index] as Complex];
    bond.step({ ...a, coherence: 1 }, { ...b, coherence: 1 }, vectors.dt);
    expect(distance({ real: bond.bondReal, imag: bond.bondImag }, expected)).toBeLessThan(1e-9);
    expect(Math.abs(bond.centredStrength - (vectors.centred_strength[index] as number))).toBeLessThan(1e-9);
    expect(bond.strength).toBeCloseTo(Math.hypot(expected.real, expected.imag), 9);
    expect(angleBetween(bond.lagRad, Math.atan2(expected.imag, expected.real))).toBeLessThan(1e-9);
  }
});

test('two that turn together are bound, plain and centred, with their lag', () => {
  const bond = new WeBond({ tauWeSeconds: 5 });
  for (let step = 0; step < 1000; step++) bond.step(at(step * 0.7 + 0.4), at(step * 0.7), 0.1);
  expect(bond.strength).toBeCloseTo(1, 6);
  expect(bond.centredStrength).toBeGreaterThan(0.95);
  expect(bond.lagRad).toBeCloseTo(0.4, 6);
});

test('two that stand still are bound plain, not centred', () => {
  const bond = new WeBond();
  for (let step = 0; step < 1000; step++) bond.step(at(0.3), at(1.3), 0.1);
  expect(bond.strength).toBeCloseTo(1, 9);
  expect(bond.centredStrength).toBe(0);
  for (let step = 0; step < 1000; step++) {
    const wobbleRad = 1e-7 * Math.sin(step);
    bond.step(at(0.3 + wobbleRad), at(1.3 + wobbleRad), 0.1);
  }
  expect(bond.centredStrength).toBe(0);
});

test('one that is the other has strength 1, not a rounding more', () => {
  const random = createRandom(6);
  const bond = new WeBond();
  for (let step = 0; step < 2000; step++) {
    const rad = 7 * random.uniform();
    bond.step(at(rad), at(rad), 0.1);
    expect(bond.strength <= 1 && bond.centredStrength <= 1).toBe(true);
  }
  expect(bond.centredStrength).toBeCloseTo(1, 9);
});

test('two that know nothing of each other are not bound', () => {
  const random = createRandom(9);
  const bond = new WeBond();
  for (let step = 0; step < 5000; step++) bond.step(at(7 * random.uniform()), at(7 * random.uniform()), 0.1);
  expect(bond.strength).toBeLessThan(0.3);
  expect(bond.centredStrength).toBeLessThan(0.3);
  expect(bond.emerged).toBe(false);
});

describe('a pair is a WE', () => {
  test('not before 2 tau_we, while both are coherent, with (z_a + z_b)/2 as its phase', () => {
    const bond = new WeBond({ tauWeSeconds: 1 });
    for (let step = 0; step <= 20; step++) {
      expect(bond.emerged).toBe(false);
      bond.step(at(0, 0.9, 0.8), at(Math.PI / 2, 0.8, 0.6), 0.1);
    }
    expect(bond.emerged).toBe(true);
    expect([bond.phaseReal, bond.phaseImag]).toEqual([expect.closeTo(0.4, 12), expect.closeTo(0.3, 12)]);
    bond.step(at(0, 0.75), at(0, 0.9), 0.1);
    expect(bond.emerged).toBe(false);
    bond.step(at(0, 0.76), at(0, 0.9), 0.1);
    expect(bond.emerged).toBe(true);
    bond.step(at(0), at(-1.6), 0.7);
    expect(bond.emerged).toBe(false);
    bond.reset();
    expect(bond).toMatchObject({ strength: 0, centredStrength: 0, emerged: false, phaseReal: 0 });
  });

  test('only once both have a direction, and fades when one loses it', () => {
    const bond = new WeBond({ tauWeSeconds: 1 });
    for (let step = 0; step < 100; step++) bond.step(at(0, 1), { real: 0, imag: 0, coherence: 1 }, 0.1);
    expect(bond.strength).toBe(0);
    bond.step(at(0), at(1), 0.1);
    expect(bond.strength).toBeCloseTo(1, 12);
    expect(bond.emerged).toBe(false);
    bond.step(at(0), { real: 1e-13, imag: 0, coherence: 1 }, 1);
    expect(bond.strength).toBeCloseTo(Math.exp(-1), 12);
  });
});

test('strengths stay in [0, 1] and a common rotation changes none', () => {
  const steps = fc.array(fc.tuple(between(-4, 4), between(-4, 4), between(0, 3)), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, between(-4, 4), (turns, rad) => {
      const [plain, turned] = [new WeBond({ tauWeSeconds: 3 }), new WeBond({ tauWeSeconds: 3 })];
      for (const [a, b, dt] of turns) {
        plain.step(at(a), at(b), dt);
        turned.step(at(a + rad), at(b + rad), dt);
      }
      for (const value of [plain.strength, plain.centredStrength])
        expect(value >= 0 && value <= 1).toBe(true);
      expect(Math.abs(plain.strength - turned.strength)).toBeLessThan(1e-9);
    }),
  );
});

test('passes over nonsense and refuses it at its making', () => {
  const bond = new WeBond();
  expect(bond.step(at(0), at(1), 0.1)).toBe(true);
  expect(bond.step(at(Number.NaN), at(1), 0.1)).toBe(false);
  expect(bond.step(at(0), at(1, Number.NaN), 0.1)).toBe(false);
  expect(bond.step(at(0), at(1), -0.1)).toBe(false);
  expect(bond.step(at(0), at(1), Number.NaN)).toBe(false);
  expect(bond.strength).toBeCloseTo(1, 12);
  for (const options of [{ tauWeSeconds: 0 }, { strengthThreshold: 2 }, { coherenceThreshold: Number.NaN }]) {
    expect(() => new WeBond(options)).toThrow(/must be/);
  }
});
