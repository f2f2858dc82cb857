import { expect, test } from '@jest/globals';
import { createPulseEncoder } from '../../kairos/index.js';
import { unit } from './vectors.js';

test('turns once from each event to when the next is due, and waits there', () => {
  const encoder = createPulseEncoder();
  encoder.encode(1, 0, 1_800_000_000, 0.25);
  encoder.phaseAt(1_800_000_001, 0);
  expect(encoder).toMatchObject({ real: 0, imag: 0 });
  encoder.encode(1, 0, 1_800_000_001, 0.25);
  expect(encoder).toMatchObject({ real: 1, imag: 0 });
  for (const [seconds, turns] of [
    [0.25, 0.25],
    [0.5, 0.5],
    [0.9, 0.9],
    [1, 1],
    [7.3, 1],
  ] as const) {
    encoder.phaseAt(1_800_000_001 + Math.floor(0.25 + seconds), (0.25 + seconds) % 1);
    const z = unit(2 * Math.PI * turns);
    expect(encoder.real).toBeCloseTo(z.real, 9);
    expect(encoder.imag).toBeCloseTo(z.imag, 9);
  }
  encoder.encode(72, 0, 1_800_000_003, 0.25);
  encoder.phaseAt(1_800_000_003, 0.75);
  expect(encoder.real).toBeCloseTo(0, 9);
  expect(encoder.imag).toBeCloseTo(1, 9);
});

test('a 0 is no event', () => {
  const encoder = createPulseEncoder();
  encoder.encode(0, 0, 9, 0);
  encoder.encode(1, 0, 10, 0);
  encoder.encode(0, 0, 10, 0.5);
  expect(encoder).toMatchObject({ real: 0, imag: 0, rejected: 0 });
  encoder.encode(1, 0, 12, 0);
  encoder.encode(0, 0, 12, 0.5);
  expect(encoder.imag).toBeCloseTo(1, 12);
});

test('a query never moves time on, and one before the last event counts as that event', () => {
  const encoder = createPulseEncoder();
  encoder.phaseAt(5, 0);
  expect(encoder).toMatchObject({ real: 0, imag: 0 });
  encoder.encode(1, 0, 10, 0);
  encoder.encode(1, 0, 11, 0);
  encoder.phaseAt(10, 0);
  expect(encoder).toMatchObject({ real: 1, imag: 0 });
  encoder.phaseAt(99, 0);
  expect(encoder.encode(1, 0, 12, 0)).toBe(true);
  expect(encoder.dtSeconds).toBe(1);
  encoder.reset();
  encoder.phaseAt(12, 0.5);
  expect(encoder).toMatchObject({ real: 0, imag: 0 });
});
