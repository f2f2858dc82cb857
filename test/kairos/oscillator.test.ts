import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createContribution, MeshSums, meshOrder, Oscillator } from '../../kairos/index.js';
import { between } from './arbitraries.js';
import { angleBetween } from './vectors.js';

const TURN = 2 * Math.PI;

test('turns at its own frequency where nothing couples it', () => {
  const oscillator = new Oscillator({ frequencyHz: 1.3, coupling: 5, phaseRad: 0.4 });
  for (let step = 0; step < 1000; step++) oscillator.advance(0.0123);
  expect(angleBetween(oscillator.phaseRad, 0.4 + TURN * 1.3 * 12.3)).toBeLessThan(1e-9);
  expect(Math.hypot(oscillator.real, oscillator.imag)).toBeCloseTo(1, 12);
});

test('a step of any length equals many short ones of the equation itself', () => {
  const numbers = fc.tuple(between(-2, 2), between(-8, 8), between(-3, 3), between(0, 1), between(0, 0.5));
  fc.assert(
    fc.property(numbers, ([frequencyHz, coupling, psi, magnitude, dt]) => {
      const oscillator = new Oscillator({ frequencyHz, coupling, phaseRad: 1 });
      oscillator.observe(magnitude, psi);
      oscillator.advance(dt);
      // The mesh's frequency is its own before a second message, so that psi has moved on by that.
      const slope = (theta: number, t: number): number =>
        TURN * frequencyHz + coupling * magnitude * Math.sin(psi + TURN * frequencyHz * t - theta);
      const h = dt / 400;
      let theta = 1;
      for (let step = 0; step < 400; step++) {
        const t = step * h;
        const k1 = slope(theta, t);
        const k2 = slope(theta + (h * k1) / 2, t + h / 2);
        const k3 = slope(theta + (h * k2) / 2, t + h / 2);
        theta += (h * (k1 + 2 * k2 + 2 * k3 + slope(theta + h * k3, t + h))) / 6;
      }
      const exact = magnitude > 1e-6 ? theta : 1 + TURN * frequencyHz * dt;
      expect(angleBetween(oscillator.phaseRad, exact)).toBeLessThan(1e-9);
    }),
  );
});

test('locks where the detuning is below K r, with the known lag, and drifts where it is above', () => {
  for (const [coupling, locks] of [
    [2, true],
    [0.5, false],
  ] as const) {
    const oscillator = new Oscillator({ frequencyHz: (3 + 1) / TURN, coupling });
    const lags: number[] = [];
    for (let message = 0; message < 4000; message++) {
      oscillator.observe(1, 3 * message * 0.1);
      lags.push(oscillator.phaseRad - 3 * message * 0.1);
      oscillator.advance(0.1);
    }
    const spread = Math.max(...lags.slice(-200).map((lag) => angleBetween(lag, lags.at(-1) as number)));
    expect(spread < 1e-6).toBe(locks);
    if (locks) expect(angleBetween(lags.at(-1) as number, Math.asin(1 / coupling))).toBeLessThan(1e-6);
  }
});

test('learns the frequency of the mesh, over late messages too, without mistaking it for an alias', () => {
  for (const [meshHz, ownHz] of [
    [1, 1.2],
    [-0.5, 0.3],
    [12, 11],
    [4, 4.5],
  ] as const) {
    const oscillator = new Oscillator({ frequencyHz: ownHz, coupling: 0 });
    expect(oscillator.meshFrequencyHz).toBeCloseTo(ownHz, 12);
    for (let message = 0; message < 300; message++) {
      const age = (message % 5) * 0.01;
      oscillator.observe(0.7, TURN * meshHz * (message * 0.1 - age), age);
      oscillator.advance(0.1);
    }
    expect(oscillator.meshFrequencyHz).toBeCloseTo(meshHz, 6);
  }
});

test('learns over a second, by the time between what two messages tell of', () => {
  const oscillator = new Oscillator({ frequencyHz: 1, coupling: 0 });
  oscillator.observe(0.7, 0);
  oscillator.advance(0.5);
  oscillator.observe(0.7, TURN * 1.1 * 0.25, 0.25);
  expect(oscillator.meshFrequencyHz).toBeCloseTo(1 + 0.1 * (1 - Math.exp(-0.25)), 12);
  oscillator.observe(0, 2);
  oscillator.advance(0.5);
  oscillator.observe(0.7, 3);
  expect(oscillator.meshFrequencyHz).toBeCloseTo(1 + 0.1 * (1 - Math.exp(-0.25)), 12);
});

test('a mesh without order lets it go, and repeated messages do no harm', () => {
  const oscillator = new Oscillator({ frequencyHz: 1, coupling: 3 });
  oscillator.observe(0.9, 0.5);
  oscillator.observe(0.9, 0.7);
  expect(oscillator.meshFrequencyHz).toBeCloseTo(1, 12);
  oscillator.observe(0, 0);
  const before = oscillator.phaseRad;
  oscillator.advance(0.25);
  expect(angleBetween(oscillator.phaseRad, before + TURN / 4)).toBeLessThan(1e-9);
});

test('passes over nonsense, refuses it at its making, and obeys changes at once', () => {
  const oscillator = new Oscillator({ frequencyHz: 1, coupling: 1 });
  expect(oscillator.observe(1.1, 0)).toBe(false);
  expect(oscillator.observe(Number.NaN, 0)).toBe(false);
  expect(oscillator.observe(0.5, Number.POSITIVE_INFINITY)).toBe(false);
  expect(oscillator.advance(-1)).toBe(false);
  expect(oscillator.advance(Number.NaN)).toBe(false);
  expect(oscillator.phaseRad).toBe(0);
  for (const change of [{ frequencyHz: Number.NaN }, { coupling: Number.POSITIVE_INFINITY }]) {
    expect(() => oscillator.retune(change)).toThrow(/both must be finite/);
    expect(() => new Oscillator({ frequencyHz: 1, coupling: 1, ...change })).toThrow(RangeError);
  }
  expect(() => new Oscillator({ frequencyHz: 1, coupling: 1, phaseRad: Number.NaN })).toThrow(RangeError);
  oscillator.retune({ frequencyHz: 0.25 });
  oscillator.advance(1);
  expect(angleBetween(oscillator.phaseRad, TURN / 4)).toBeLessThan(1e-9);
});

describe('the Kuramoto transition, 200 oscillators and ten messages a second', () => {
  const halfWidth = 0.5;
  const critical = 2 * halfWidth;

  /** The mean order of the last half of a run, natural frequencies at Lorentzian quantiles around 1 Hz. */
  function orderAt(coupling: number): number {
    const nodes = Array.from({ length: 200 }, (_, node) => {
      const quantile = Math.tan(Math.PI * ((node + 0.5) / 200 - 0.5));
      const frequencyHz = 1 + (halfWidth * quantile) / TURN;
      return new Oscillator({ frequencyHz, coupling, phaseRad: 2.4 * node * node });
    });
    const member = createContribution();
    const sums = new MeshSums();
    let sum = 0;
    for (let message = 0; message < 1200; message++) {
      sums.clear();
      for (const node of nodes) {
        member.real = node.real;
        member.imag = node.imag;
        sums.add(member);
      }
      const { magnitude, angle } = meshOrder(sums);
      if (message >= 600) sum += magnitude / 600;
      for (const node of nodes) {
        node.observe(magnitude, angle);
        node.advance(0.1);
      }
    }
    return sum;
  }

  test.each([1.5, 2, 3])('at K = %d K_c order is within 0.05 of sqrt(1 - K_c/K)', (ratio) => {
    expect(Math.abs(orderAt(ratio * critical) - Math.sqrt(1 - 1 / ratio))).toBeLessThan(0.05);
  });

  test('at K = 0.5 K_c there is none', () => {
    expect(orderAt(0.5 * critical)).toBeLessThan(0.1);
  });
});
