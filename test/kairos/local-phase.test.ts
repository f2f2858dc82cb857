import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLocalPhase } from '../../kairos/index.js';
import { between } from './arbitraries.js';
import { type Complex, distance, readVectors, unit } from './vectors.js';

interface LocalPhaseVectors {
  readonly tau_base: number;
  readonly times: readonly number[];
  readonly z: readonly Complex[];
  readonly local: readonly Complex[];
}

test('agrees with the independent vectors to 1e-9', () => {
  const vectors = readVectors<LocalPhaseVectors>('local-phase');
  const local = createLocalPhase({ tauBaseSeconds: vectors.tau_base });
  let last = vectors.times[0] as number;
  for (const [index, seconds] of vectors.times.entries()) {
    const z = vectors.z[index] as Complex;
    local.update(z.real, z.imag, seconds - last);
    last = seconds;
    expect(distance(local, vectors.local[index] as Complex)).toBeLessThan(1e-9);
  }
});

test('a pure rotation at W rad/s has coherence 1/sqrt(1 + (W tau_base)^2)', () => {
  for (const [omega, tauBaseSeconds] of [
    [0.5, 1],
    [1, 2],
    [10, 0.3],
  ] as const) {
    const local = createLocalPhase({ tauBaseSeconds });
    for (let step = 0; step < 20_000; step++) {
      const z = unit(omega * step * 1e-3 * tauBaseSeconds);
      local.update(z.real, z.imag, 1e-3 * tauBaseSeconds);
    }
    expect(local.coherence).toBeCloseTo(1 / Math.sqrt(1 + (omega * tauBaseSeconds) ** 2), 2);
  }
});

test('the first phase initialises, whatever dt', () => {
  for (const dt of [0, 0.5]) {
    const local = createLocalPhase({ tauBaseSeconds: 1 });
    expect(local).toMatchObject({ real: 0, imag: 0, coherence: 0 });
    local.update(0.6, 0.8, dt);
    expect(local).toMatchObject({ real: 0.6, imag: 0.8, coherence: 1 });
  }
});

test('dt = 0 changes nothing, a constant alpha follows whatever dt', () => {
  const local = createLocalPhase({ tauBaseSeconds: 1 });
  local.update(1, 0, 0);
  local.update(-1, 0, 0);
  expect(local.real).toBe(1);
  local.retune({ alpha: 0.25 });
  local.update(-1, 0, 0);
  expect(local.real).toBe(0.5);
  local.update(-1, 0, 1000);
  expect(local.real).toBe(0.125);
  local.retune({ alpha: 1 });
  local.update(0, 1, 0);
  expect(local).toMatchObject({ real: 0, imag: 1 });
  local.retune({ tauBaseSeconds: 2 });
  local.update(0, -1, 2);
  expect(local.imag).toBeCloseTo(2 * Math.exp(-1) - 1, 12);
});

test('refuses what is no phase and no time, and keeps its own', () => {
  const local = createLocalPhase({ tauBaseSeconds: 1 });
  local.update(0.5, 0, 0);
  expect(local.update(Number.NaN, 0, 1)).toBe(false);
  expect(local.update(0, Number.POSITIVE_INFINITY, 1)).toBe(false);
  expect(local.update(0, 0, -1)).toBe(false);
  expect(local.update(0, 0, Number.NaN)).toBe(false);
  expect(local.real).toBe(0.5);
  local.reset();
  expect(local.coherence).toBe(0);
  local.update(0, 1, 5);
  expect(local).toMatchObject({ real: 0, imag: 1 });
});

test('stays in the disc, and is blind to when it was told nothing', () => {
  const steps = fc.array(fc.tuple(between(-4, 4), between(0, 9)));
  fc.assert(
    fc.property(steps, between(1e-3, 1e3), (turns, tauBaseSeconds) => {
      const local = createLocalPhase({ tauBaseSeconds });
      let greatest = 0;
      for (const [rad, dt] of turns) {
        local.update(Math.cos(rad), Math.sin(rad), dt);
        greatest = Math.max(greatest, Math.hypot(local.real, local.imag));
        if (local.coherence > 1 || local.coherence < 0) greatest = 2;
      }
      expect(greatest).toBeLessThanOrEqual(1 + 1e-15);
    }),
  );
});

test.each([
  { tauBaseSeconds: 0 },
  { tauBaseSeconds: Number.NaN },
  { alpha: 0 },
  { alpha: 1.1 },
  { alpha: Number.NaN },
])('refuses %p with a reason', (options) => {
  expect(() => createLocalPhase(options)).toThrow(RangeError);
  const local = createLocalPhase({ tauBaseSeconds: 1 });
  expect(() => local.retune(options)).toThrow(/it must be above 0|a number above 0/);
  local.update(1, 0, 0);
  local.update(0, 0, 1);
  expect(local.real).toBeCloseTo(Math.exp(-1), 12);
});
