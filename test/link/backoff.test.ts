import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createBackoff } from '../../link/backoff.js';

test('the bound doubles from half a second to thirty', () => {
  const backoff = createBackoff(() => 0.5);
  const waits = Array.from({ length: 9 }, () => backoff.next());
  expect(waits).toEqual([0.25, 0.5, 1, 2, 4, 8, 15, 15, 15]);
  backoff.reset();
  expect(backoff.next()).toBe(0.25);
});

test('every wait is a random share of its bound', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1 }),
      (shares) => {
        let at = 0;
        const backoff = createBackoff(() => shares[at] ?? 0);
        for (at = 0; at < shares.length; at += 1) {
          const bound = Math.min(30, 0.5 * 2 ** at);
          expect(backoff.next()).toBe((shares[at] ?? 0) * bound);
        }
      },
    ),
  );
});
