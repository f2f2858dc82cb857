import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ClockOffset } from '../../kairos/index.js';

test('is the smallest of the last minute', () => {
  const offset = new ClockOffset();
  expect(offset.offsetSeconds(0)).toBeNull();
  offset.update(0.3, 5);
  offset.update(0.1, 12);
  offset.update(0.2, 19);
  expect(offset.offsetSeconds(20)).toBe(0.1);
  offset.update(0.25, 60);
  expect(offset.offsetSeconds(71)).toBe(0.1);
  expect(offset.offsetSeconds(85)).toBe(0.25);
  expect(offset.offsetSeconds(131)).toBeNull();
  offset.update(-3600, 140);
  expect(offset.offsetSeconds(140)).toBe(-3600);
  offset.reset();
  expect(offset.offsetSeconds(140)).toBeNull();
});

test('passes over what is no number', () => {
  const offset = new ClockOffset();
  offset.update(Number.NaN, 1);
  offset.update(Number.POSITIVE_INFINITY, 1);
  expect(offset.offsetSeconds(1)).toBeNull();
});

test('counts all of the last 60 s and nothing older than 70 s', () => {
  const arrivals = fc.array(fc.tuple(fc.nat(300), fc.integer({ min: -50, max: 50 })), {
    minLength: 1,
    size: 'max',
    maxLength: 60,
  });
  fc.assert(
    fc.property(arrivals, fc.nat(1e6), (steps, start) => {
      const offset = new ClockOffset();
      const seen: [number, number][] = [];
      let now = start;
      for (const [tenths, value] of steps) {
        now += tenths / 10;
        offset.update(value, now);
        seen.push([now, value]);
        const least = (seconds: number): number =>
          Math.min(...seen.filter(([at]) => at > now - seconds).map(([, past]) => past));
        const found = offset.offsetSeconds(now) ?? Number.POSITIVE_INFINITY;
        expect(least(70) <= found && found <= least(60)).toBe(true);
      }
    }),
  );
});
