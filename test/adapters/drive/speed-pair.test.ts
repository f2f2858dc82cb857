import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { limited, wheelsOf } from '../../../adapters/drive/speed-pair.js';

const share = fc.double({ min: -1, max: 1, noNaN: true });

describe('the wheels of a motion', () => {
  test.each([
    [0, 0, 0, 0],
    [1, 0, 1, 1],
    [-0.5, 0, -0.5, -0.5],
    [0, 1, -1, 1],
    [0.25, 0.5, -0.25, 0.75],
    [1, 1, 0, 1],
    [0.58, -0.5, 1, 0.08 / 1.08],
  ])('velocity %d and rotation %d are left %d and right %d', (velocity, rotation, left, right) => {
    const [l, r] = wheelsOf([velocity, rotation], 0);
    expect(l).toBeCloseTo(left, 12);
    expect(r).toBeCloseTo(right, 12);
  });

  test('stay within what a wheel can, and keep the curve', () => {
    fc.assert(
      fc.property(share, share, (velocity, rotation) => {
        const [left, right] = wheelsOf([velocity, rotation], 0);
        expect(Math.max(Math.abs(left), Math.abs(right))).toBeLessThanOrEqual(1);
        // The curve is the ratio of the wheels.
        expect(left * (velocity + rotation)).toBeCloseTo(right * (velocity - rotation), 12);
        const isTooFast = Math.abs(velocity) + Math.abs(rotation) > 1;
        expect(Math.max(Math.abs(left), Math.abs(right))).toBeCloseTo(
          isTooFast ? 1 : Math.abs(velocity) + Math.abs(rotation),
          12,
        );
      }),
    );
  });

  test('stand still below the deadband, each for itself', () => {
    expect(wheelsOf([0.04, 0], 0.05)).toEqual([0, 0]);
    expect(wheelsOf([0.05, 0], 0.05)).toEqual([0.05, 0.05]);
    expect(wheelsOf([-0.25, 0.28125], 0.05)).toEqual([-0.53125, 0]);
  });
});

test('a figure is held within full speed, whatever it is', () => {
  expect([0.3, 1.5, -7, Infinity, -Infinity, NaN].map(limited)).toEqual([0.3, 1, -1, 1, -1, 0]);
});
