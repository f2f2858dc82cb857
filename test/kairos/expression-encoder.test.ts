import { describe, expect, test } from '@jest/globals';
import { createExpressionEncoder, type Encoder } from '../../kairos/index.js';

async function phase(formula: string, x = 0.5): Promise<[number, number]> {
  const encoder = await createExpressionEncoder({ formula });
  expect(encoder.encode(x, Number.NaN, 100, 0.5)).toBe(true);
  return [encoder.real, encoder.imag];
}

test.each([
  ['x', 0.5, 0],
  ['x/2 + 0.1i', 0.25, 0.1],
  ['exp(i*pi*x)', 0, 1],
  ['x > 0.4 ? i : -1', 0, 1],
  ['0 < x < 1', 1, 0],
  ['not (x > 0.4)', 0, 0],
  ['min(x, 0.2) + max(0, -1)', 0.2, 0],
  ['mod(7, 2)*x', 0.5, 0],
  ['sqrt(-1)', 0, 1],
  ['t - 100', 0.5, 0],
  ['dt + x', 0.5, 0],
  ['e^(i tau / 4)', 0, 1],
  ['50% * x', 0.25, 0],
  ['complex(0.6, 0.8)', 0.6, 0.8],
  ['re(0.3 + 2i) + im(0.1i)', 0.4, 0],
])('%s', async (formula, real, imag) => {
  expect(await phase(formula)).toEqual([expect.closeTo(real, 12), expect.closeTo(imag, 12)]);
});

test('a result beyond the disc is limited and counted', async () => {
  expect(await phase('1e3 * x + 0i', 2)).toEqual([1, 0]);
  expect(await phase('10^308', 2)).toEqual([1, 0]);
});

test('a result that is no finite number rejects the reading, and only it', async () => {
  const encoder = await createExpressionEncoder({ formula: 'dt + 0.1/x' });
  expect(encoder.encode(0, 0, 10, 0)).toBe(false);
  expect(encoder.encode(1, 0, 11, 0)).toBe(true);
  expect([encoder.real, encoder.restarted]).toEqual([0.1, true]);
  expect(encoder.encode(0, 0, 11, 0.25)).toBe(false);
  expect(encoder.encode(1, 0, 11, 0.5)).toBe(true);
  expect([encoder.real, encoder.restarted, encoder.rejected]).toEqual([0.6, false, 2]);
  const powers = await createExpressionEncoder({ formula: '9^9^9^x' });
  expect(powers.encode(9, 0, 10, 0)).toBe(false);
});

test('dt is the time since the last reading taken', async () => {
  const encoder = await createExpressionEncoder({ formula: 'dt' });
  const found: number[] = [];
  for (const fraction of [0, 0.25, 0.5]) {
    encoder.encode(0, 0, 10, fraction);
    found.push(encoder.real);
  }
  expect(found).toEqual([0, 0.25, 0.25]);
});

describe('refuses, with a reason, a formula that', () => {
  const long = `${'x+'.repeat(80)}x`;
  test.each([
    ['is empty', '', 'nothing'],
    ['is no formula', 'x +', 'is no formula'],
    ['is too long', 'x'.repeat(501), '501 characters'],
    ['has too many parts', long, 'more than 100 parts'],
    ['nests beyond reason', `${'('.repeat(240)}x${')'.repeat(240)}`, 'more than 100 parts'],
    ['makes a matrix', 'ones(300, 300)', 'ones is not allowed'],
    ['makes an array', '[1, 2]', 'ArrayNode'],
    ['makes a range', '1:1000000', 'RangeNode'],
    ['makes an object', '{a: 1}', 'ObjectNode'],
    ['makes a string', '"a"', 'only numbers'],
    ['says true', 'cbrt(x, true)', 'cbrt takes 1 arguments, not 2'],
    ['gives more arguments than there are', 'sin(x, 1)', 'sin takes 1 arguments, not 2'],
    ['counts a factorial', '170!', 'operator !'],
    ['calls factorial', 'factorial(1e9)', 'factorial is not allowed'],
    ['transposes', "x'", "operator '"],
    ['assigns', 'x = 3', 'AssignmentNode'],
    ['defines', 'f(x) = f(x)', 'FunctionAssignmentNode'],
    ['loops', 'map([1], f)', 'map is not allowed'],
    ['reads a member', 'x.constructor', 'AccessorNode'],
    ['calls a member', 'sin.constructor("return process")', 'not allowed'],
    ['calls what is no name', '(x)(3).y', 'AccessorNode'],
    ['reaches for the prototype', 'constructor(1)', 'constructor is not allowed'],
    ['reaches for toString', 'toString(1)', 'toString is not allowed'],
    ['evaluates', 'evaluate("1")', 'evaluate is not allowed'],
    ['imports', 'import(x)', 'import is not allowed'],
    ['parses', 'parse("x")', 'parse is not allowed'],
    ['draws lots', 'random()', 'random is not allowed'],
    ['uses units', '3 cm', 'cm is not known'],
    ['converts units', 'x to cm', 'operator to'],
    ['is several', 'x; x', 'BlockNode'],
    ['asks for a function', 'sin', 'sin is not known'],
    ['asks for the unknown', 'y + 1', 'y is not known'],
    ['shifts bits', '1 << 1e9', 'operator <<'],
    ['cannot be calculated', 'x > i', 'is no formula'],
  ])('%s', async (_, formula, reason) => {
    const creation: Promise<Encoder> = createExpressionEncoder({ formula });
    await expect(creation).rejects.toThrow(RangeError);
    await expect(creation).rejects.toThrow(reason);
  });
});
