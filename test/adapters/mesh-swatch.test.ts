import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { barOf, hsvToRgb, hueOf, swatchOf, tintOf } from '../../adapters/mesh-swatch.js';
import { anyState } from './samples.js';

describe("the seed's hue", () => {
  test.each([
    [0, 0],
    [0.25, 90],
    [0.7, 252],
    [1, 0],
    [-0.25, 270],
    [-1, 0],
    [-1e-18, 0],
  ])('of a phase with real part %d is %d degrees', (real, degrees) => {
    expect(hueOf({ real, imag: 0.5 })).toBeCloseTo(degrees, 9);
  });

  test('is never negative and never a whole turn', () => {
    fc.assert(
      fc.property(anyState, ({ phase }) => {
        const hue = hueOf(phase);
        expect(hue).toBeGreaterThanOrEqual(0);
        expect(hue).toBeLessThan(360);
        expect(Object.is(hue, -0)).toBe(false);
      }),
    );
  });
});

test.each([
  [0, 1, 255, 0, 0],
  [60, 1, 255, 255, 0],
  [120, 1, 0, 255, 0],
  [180, 1, 0, 255, 255],
  [240, 1, 0, 0, 255],
  [300, 1, 255, 0, 255],
  [30, 1, 255, 128, 0],
  [120, 0.5, 0, 128, 0],
  [252, 0.85, 43, 0, 217],
  [359.9, 0, 0, 0, 0],
])('hue %d at brightness %d is rgb(%d, %d, %d)', (hue, value, red, green, blue) => {
  expect(hsvToRgb(hue, value)).toEqual({ red, green, blue });
});

test('the swatch has the hue of the phase and the brightness of the coherence', () => {
  const phase = { real: 1 / 3, imag: -0.4 };
  expect(swatchOf({ phase, coherence: 0.5 })).toEqual({ red: 0, green: 128, blue: 0 });
  expect(swatchOf({ phase, coherence: 0 })).toEqual({ red: 0, green: 0, blue: 0 });
  expect(tintOf(phase)).toEqual({ red: 0, green: 255, blue: 0 });
});

test('every colour is three bytes', () => {
  fc.assert(
    fc.property(anyState, (state) => {
      for (const part of Object.values(swatchOf(state))) {
        expect(Number.isInteger(part)).toBe(true);
        expect(part).toBeGreaterThanOrEqual(0);
        expect(part).toBeLessThanOrEqual(255);
      }
    }),
  );
});

test.each([
  [0.81, 10, 0.75, '███████┃░░'],
  [0, 10, 0.75, '░░░░░░░┃░░'],
  [1, 10, 1, '█████████┃'],
  [1, 4, 0, '┃███'],
  [0.5, 4, undefined, '██░░'],
])('a bar of %d in %d cells with the mark at %p', (share, cells, mark, expected) => {
  expect(barOf(share, cells, mark)).toBe(expected);
});
