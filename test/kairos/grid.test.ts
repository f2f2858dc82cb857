import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Grid } from '../../kairos/index.js';
import { split } from './vectors.js';

/** What a grid gave: its starts, and the values since the last one. */
function recorder() {
  const starts: number[] = [];
  let values: number[] = [];
  return {
    starts,
    values: (): number[] => values,
    start(wholeSeconds: number, fraction: number): void {
      starts.push(fraction >= 0 && fraction < 1 ? wholeSeconds + fraction : Number.NaN);
      values = [];
    },
    push(real: number): void {
      values.push(real);
    },
  };
}

test('the mean of the readings in a step, the last value where a step has none', () => {
  const sink = recorder();
  const grid = new Grid({ periodSeconds: 0.5, windowSeconds: 10 }, sink);
  for (const [seconds, value] of [
    [100.1, 1],
    [100.2, 2],
    [100.6, 5],
    [102.0, 7],
    [102.6, 9],
  ] as const) {
    grid.push(value, 0, ...split(seconds));
  }
  expect(sink.starts).toEqual([100]);
  expect(sink.values()).toEqual([1.5, 5, 5, 5, 7]);
  grid.finish();
  expect(sink.values()).toEqual([1.5, 5, 5, 5, 7, 9]);
});

test('a gap longer than the window starts afresh, one as long does not', () => {
  const sink = recorder();
  const grid = new Grid({ periodSeconds: 1, windowSeconds: 5 }, sink);
  grid.push(1, 0, 100, 0);
  grid.push(2, 0, 105, 0);
  expect(sink.values()).toEqual([1, 1, 1, 1, 1]);
  grid.push(3, 0, 110, 0.5);
  expect(sink.starts).toEqual([100, 110]);
  expect(sink.values()).toEqual([]);
  grid.push(4, 0, 111, 0);
  expect(sink.values()).toEqual([3]);
});

test('time that passes without readings holds the last value for a window at most', () => {
  const sink = recorder();
  const grid = new Grid({ periodSeconds: 1, windowSeconds: 3 }, sink);
  grid.advance(50, 0);
  grid.push(1, 0, 100, 0.2);
  grid.advance(100, 0.9);
  expect(sink.values()).toEqual([]);
  grid.advance(102, 0);
  expect(sink.values()).toEqual([1, 1]);
  grid.advance(200, 0);
  expect(sink.values()).toEqual([1, 1]);
  grid.push(4, 0, 101, 0.5);
  grid.push(2, 0, 102, 0.5);
  grid.advance(103, 0);
  expect(sink.values()).toEqual([1, 1, 3]);
});

describe('readings exactly every dt', () => {
  test.each([0.001, 0.01, 0.02, 0.03, 0.05, 0.1, 0.3, 1, 7, 60])(
    'fall one into each step of %d s',
    (periodSeconds) => {
      for (const start of [0, 1_800_000_000, 1_763_937_283]) {
        const sink = recorder();
        const grid = new Grid({ periodSeconds, windowSeconds: 100 * periodSeconds }, sink);
        const first = Math.ceil(start / periodSeconds) * periodSeconds;
        for (let step = 0; step < 3000; step++) {
          const seconds = first - start + step * periodSeconds;
          const [whole, fraction] = split(seconds);
          grid.push(step, 0, start + whole, fraction);
        }
        grid.finish();
        expect(sink.values()).toEqual(Array.from({ length: 3000 }, (_, step) => step));
        expect(sink.starts).toEqual([first]);
      }
    },
  );
});

test('steps are those of epoch time, whenever the first reading came', () => {
  const readings = fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(readings, fc.integer({ min: 0, max: 2_000_000_000 }), (gaps, startSeconds) => {
      const sink = recorder();
      const grid = new Grid({ periodSeconds: 0.25, windowSeconds: 4 }, sink);
      let seconds = startSeconds;
      const steps: number[] = [];
      for (const gap of gaps) {
        // To the microsecond, and off the borders between steps, where rounding decides.
        seconds += Math.max(1e-3, Math.round(gap * 1e3) / 1e3);
        const [whole, fraction] = split(seconds);
        const micro = (Math.round(fraction * 1e3) + 0.37) / 1e3;
        grid.push(1, 0, whole, micro);
        steps.push(Math.floor((whole - startSeconds + micro) / 0.25));
      }
      grid.finish();
      expect(sink.starts).toEqual([startSeconds + (steps[0] as number) * 0.25]);
      expect(sink.values().length).toBe((steps.at(-1) as number) - (steps[0] as number) + 1);
    }),
  );
});

test('a step may be longer than a second', () => {
  const sink = recorder();
  const grid = new Grid({ periodSeconds: 60, windowSeconds: 600 }, sink);
  grid.push(1, 0, 119, 0.5);
  grid.push(2, 0, 120, 0);
  expect([sink.starts, sink.values()]).toEqual([[60], [1]]);
});

test('reset and readings that are not finite', () => {
  const sink = recorder();
  const grid = new Grid({ periodSeconds: 1, windowSeconds: 10 }, sink);
  expect(grid.push(Number.NaN, 0, 1, 0)).toBe(false);
  expect(grid.push(0, 0, Number.POSITIVE_INFINITY, 0)).toBe(false);
  expect(sink.starts).toEqual([]);
  grid.finish();
  grid.push(1, 0, 10, 0);
  grid.reset();
  grid.push(2, 0, 3, 0);
  expect(sink.starts).toEqual([10, 3]);
});

test.each([
  [0, 1],
  [1, 0],
  [Number.NaN, 1],
  [1, Number.POSITIVE_INFINITY],
])('refuses a period of %d and a window of %d', (periodSeconds, windowSeconds) => {
  expect(() => new Grid({ periodSeconds, windowSeconds }, recorder())).toThrow(
    /both must be numbers above 0/,
  );
});
