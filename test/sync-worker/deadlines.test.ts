import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Deadlines, type Expiring } from '../../sync-worker/deadlines.js';

const item = (deadlineSeconds: number): Expiring => ({ deadlineSeconds, slot: 0 });

test('an item falls due once, no earlier than its deadline and at most two slots after it', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 10, max: 200, noNaN: true }), { maxLength: 50 }), (times) => {
      const due = new Map<Expiring, number>();
      let now = 10;
      const deadlines = new Deadlines<Expiring>(now, (one) => {
        expect(due.has(one)).toBe(false);
        due.set(one, now);
      });
      const items = times.map(item);
      for (const one of items) deadlines.watch(one);
      for (; now < 201; now += 0.25) deadlines.advance(now);
      for (const one of items) {
        const at = due.get(one) ?? Number.NaN;
        expect(at).toBeGreaterThanOrEqual(one.deadlineSeconds);
        expect(at).toBeLessThan(one.deadlineSeconds + 0.5);
      }
    }),
  );
});

test('a deadline that moves away while it waits is met at its new time', () => {
  let due = 0;
  const one = item(20);
  const deadlines = new Deadlines<Expiring>(10, () => {
    due += 1;
  });
  deadlines.watch(one);
  one.deadlineSeconds = 40;
  deadlines.advance(39.9);
  expect(due).toBe(0);
  deadlines.advance(40.5);
  expect(due).toBe(1);
});

test('a deadline that comes nearer is met early when it is watched again, and once', () => {
  let due = 0;
  const one = item(100);
  const deadlines = new Deadlines<Expiring>(10, () => {
    due += 1;
  });
  deadlines.watch(one);
  one.deadlineSeconds = 20;
  deadlines.watch(one);
  deadlines.advance(20.5);
  expect(due).toBe(1);
  deadlines.advance(200);
  expect(due).toBe(1);
});

test('a forgotten item never falls due', () => {
  const deadlines = new Deadlines<Expiring>(10, () => {
    throw new Error('it was forgotten');
  });
  const one = item(20);
  deadlines.watch(one);
  deadlines.forget(one);
  deadlines.advance(100);
});
