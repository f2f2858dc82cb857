import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { accumulate, exchange, total } from '../../kairos/compensated-sum.js';

test('keeps what a plain sum loses', () => {
  const cells = new Float64Array(4);
  for (const term of [1e16, 1, -1e16]) accumulate(cells, 2, term);
  expect(total(cells, 2)).toBe(1);
  expect([...cells.subarray(0, 2)]).toEqual([0, 0]);
});

test('exchange equals taking one term out and another in, to the last bits', () => {
  const terms = fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 2, maxLength: 50 });
  const scales = fc.constantFrom(1e-12, 1e-3, 1, 1e9);
  fc.assert(
    fc.property(terms, scales, (integers, scale) => {
      const cells = new Float64Array([1e16 * scale, 0]);
      let last = 0;
      accumulate(cells, 0, last);
      for (const integer of integers) {
        // Thousandths of the sum's last bit: lost entirely by a plain sum.
        exchange(cells, 0, last, integer * 1e-9 * scale);
        last = integer * 1e-9 * scale;
      }
      accumulate(cells, 0, -1e16 * scale);
      expect(Math.abs(total(cells, 0) - last)).toBeLessThan(1e-12 * scale);
    }),
  );
});
