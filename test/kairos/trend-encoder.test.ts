import { expect, test } from '@jest/globals';
import { createTrendEncoder } from '../../kairos/index.js';
import { angleBetween, argument, type Complex, distance, readVectors, split } from './vectors.js';

interface TrendVectors {
  readonly tau_base: number;
  readonly memory: number;
  readonly times: readonly number[];
  readonly x: readonly number[];
  readonly z_every_50th: readonly Complex[];
}

test('agrees with the independent vectors to 1e-9', () => {
  const vectors = readVectors<TrendVectors>('trend');
  const encoder = createTrendEncoder({ tauBaseSeconds: vectors.tau_base, memorySeconds: vectors.memory });
  let compared = 0;
  for (const [index, seconds] of vectors.times.entries()) {
    encoder.encode(vectors.x[index] as number, 0, ...split(seconds));
    if (index % 50 !== 0) continue;
    expect(distance(encoder, vectors.z_every_50th[index / 50] as Complex)).toBeLessThan(1e-9);
    compared++;
  }
  expect(compared).toBe(vectors.z_every_50th.length);
});

test('a slow cosine turns as exp(i w t), whatever its unit and offset', () => {
  const omega = 2 * Math.PI * 0.02;
  for (const [amplitude, offset] of [
    [1, 0],
    [1e-6, 300],
    [5e4, -1e6],
  ] as const) {
    const encoder = createTrendEncoder({ tauBaseSeconds: 0.2, memorySeconds: 500 });
    let [worstAngle, least] = [0, 1];
    for (let step = 0; step < 30_000; step++) {
      const t = step / 10;
      encoder.encode(offset + amplitude * Math.cos(omega * t), 0, ...split(t));
      if (t < 2500) continue;
      least = Math.min(least, Math.hypot(encoder.real, encoder.imag));
      worstAngle = Math.max(worstAngle, angleBetween(argument(encoder), omega * t));
    }
    expect(least).toBeGreaterThan(0.9);
    expect(worstAngle).toBeLessThan(0.15);
  }
});

test('memory is 20 tau_base and at least 20 s', () => {
  for (const [tauBaseSeconds, memorySeconds] of [
    [0.5, 20],
    [3, 60],
  ] as const) {
    const plain = createTrendEncoder({ tauBaseSeconds });
    const explicit = createTrendEncoder({ tauBaseSeconds, memorySeconds });
    for (let second = 0; second < 50; second++) {
      plain.encode(Math.sin(second * second), 0, second, 0);
      explicit.encode(Math.sin(second * second), 0, second, 0);
    }
    expect([plain.real, plain.imag]).toEqual([explicit.real, explicit.imag]);
  }
});

test('a sensor that freezes loses its phase, and rounding gives it none back', () => {
  const encoder = createTrendEncoder({ tauBaseSeconds: 1, memorySeconds: 20 });
  for (let second = 0; second < 200; second++) encoder.encode(21.3 + Math.sin(second / 5), 0, second, 0);
  let greatest = 0;
  for (let second = 200; second < 100_000; second++) {
    encoder.encode(21.3, 0, second, 0);
    if (second > 700) greatest = Math.max(greatest, Math.hypot(encoder.real, encoder.imag));
  }
  expect(greatest).toBeLessThan(1e-3);
});

test('a constant signal has phase 0', () => {
  const encoder = createTrendEncoder({ tauBaseSeconds: 1 });
  for (let second = 0; second < 1000; second++) encoder.encode(21.3, 0, second, 0);
  expect(Math.hypot(encoder.real, encoder.imag)).toBe(0);
});

test('retune keeps what was learnt', () => {
  const encoder = createTrendEncoder({ tauBaseSeconds: 1 });
  for (let second = 0; second < 100; second++) encoder.encode(Math.sin(second / 3), 0, second, 0);
  const before = { real: encoder.real, imag: encoder.imag };
  encoder.retune({ tauBaseSeconds: 2 });
  encoder.encode(Math.sin(100 / 3), 0, 100, 0);
  expect(encoder.restarted).toBe(false);
  expect(distance(encoder, before)).toBeLessThan(0.5);
});
