import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMapping } from '../../adapters/state-expression.js';
import { anyState, aState } from './samples.js';

const never = (): number => {
  throw new Error('the mapping of the seed was asked');
};
const map = (formula: string) => createMapping('volume', formula, never);

test('without a formula it is the mapping of the seed', async () => {
  const mapping = await createMapping('volume', undefined, ({ coherence }) => coherence);
  expect(mapping(aState({ coherence: 0.25 }))).toBe(0.25);
});

test.each([
  ['coherence', 0.81],
  ['real', 0.79],
  ['imag', 0.25],
  ['magnitude^2', 0.79 ** 2 + 0.25 ** 2],
  ['angle', Math.atan2(0.25, 0.79)],
  ['unified', 1],
  ['order', 0.94],
  ['unified ? coherence : 0', 0.81],
  ['coherence > 0.5', 1],
  ['abs(real + imag*i)', Math.hypot(0.79, 0.25)],
  ['220*2^(2*order)', 220 * 2 ** 1.88],
])('%s is %d', async (formula, value) => {
  expect((await map(formula))(aState())).toBeCloseTo(value, 12);
});

test.each([
  ['0/0', 'found NaN of the formula 0/0'],
  ['1/0', 'found Infinity of the formula 1/0'],
  ['sqrt(-coherence)', 'of the formula sqrt(-coherence), expected a finite real number'],
  ['real + i*imag', 'of the formula real + i*imag, expected a finite real number'],
])('%s gives no number, in a sentence', async (formula, sentence) => {
  const mapping = await map(formula);
  expect(() => mapping(aState())).toThrow(sentence);
});

test('a name that is not known is refused with those that are', async () => {
  await expect(map('loudness')).rejects.toThrow(
    'volume: loudness is not known, only coherence, real, imag, magnitude, angle, unified, order',
  );
});

test.each(['', '1 +', 'import("fs")', 'real.constructor', 'f(x) = x'])(
  '%j is no formula',
  async (formula) => {
    await expect(map(formula)).rejects.toThrow(RangeError);
  },
);

test('whatever the state, a figure of it is the same as by hand', async () => {
  const mapping = await map('440 + real*440');
  fc.assert(
    fc.property(anyState, (state) => expect(mapping(state)).toBeCloseTo(440 + state.phase.real * 440, 9)),
  );
});
