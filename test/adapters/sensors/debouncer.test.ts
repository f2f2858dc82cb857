import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createDebouncer } from '../../../adapters/sensors/debouncer.js';

/** A level over time: `0.5` of 1s, written as the lengths of its runs in milliseconds, the first of them inactive. */
function samples(runsMs: readonly number[], stepMs = 1): { isActive: boolean; seconds: number }[] {
  const levels = runsMs.flatMap((length, run) =>
    Array.from({ length: length / stepMs }, () => run % 2 === 1),
  );
  return levels.map((isActive, step) => ({ isActive, seconds: (step * stepMs) / 1000 }));
}

/** The changes that a debouncer tells, and when, in milliseconds. */
function changes(runsMs: readonly number[], lastsSeconds: number): [isActive: boolean, toldMs: number][] {
  const debouncer = createDebouncer(lastsSeconds);
  return samples(runsMs).flatMap(({ isActive, seconds }) =>
    debouncer.sample(isActive, seconds) ? [[debouncer.isActive === true, Math.round(seconds * 1000)]] : [],
  );
}

/** A push button as it bounces when it is pressed and, longer, when it is let go. */
const PRESS = [40, 1, 1, 2, 1, 1, 3, 120, 2, 1, 1, 4, 2, 1, 200];

describe('a contact that bounces', () => {
  test('is one press and one release, each told once it has lasted', () => {
    expect(changes(PRESS, 0.0195)).toEqual([
      [true, 49 + 20],
      [false, 180 + 20],
    ]);
  });

  test('without debouncing is many', () => {
    expect(changes(PRESS, 0)).toHaveLength(PRESS.length - 1);
  });
});

test('a spike that does not last is no change, however often it comes', () => {
  expect(changes([30, 10, 30, 19, 30, 19, 30], 0.02)).toEqual([]);
});

test('what it is at the start is no change', () => {
  expect(changes([0, 100], 0.02)).toEqual([]);
  const debouncer = createDebouncer(0.02);
  expect(debouncer.isActive).toBeUndefined();
  debouncer.sample(true, 0);
  expect(debouncer.isActive).toBe(true);
});

test('changes alternate, and each has lasted, whatever comes', () => {
  const runs = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(runs, fc.integer({ min: 1, max: 30 }), (runsMs, lastsMs) => {
      const ends = runsMs.map((_, run) => runsMs.slice(0, run + 1).reduce((sum, ms) => sum + ms, 0));
      const told = changes(runsMs, lastsMs / 1000 - 1e-9);
      for (const [index, [isActive, toldMs]] of told.entries()) {
        expect(isActive).toBe(index % 2 === 0);
        const run = ends.findIndex((endMs) => endMs > toldMs);
        expect(run % 2 === 1).toBe(isActive);
        expect(toldMs - (ends[run - 1] ?? 0)).toBe(lastsMs);
      }
      const lasting = runsMs.filter((ms, run) => run > 0 && ms > lastsMs);
      expect(told.length).toBeLessThanOrEqual(lasting.length);
    }),
  );
});
