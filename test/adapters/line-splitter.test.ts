import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLineSplitter } from '../../adapters/line-splitter.js';

function split(pieces: readonly string[], mostCharacters = 10): { lines: string[]; tooLong: number } {
  const lines: string[] = [];
  let tooLong = 0;
  const splitter = createLineSplitter(
    mostCharacters,
    (line) => lines.push(line),
    () => {
      tooLong += 1;
    },
  );
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return { lines, tooLong };
}

describe('lines', () => {
  test.each([
    [['a\nb\n'], ['a', 'b']],
    [['a\r\nb\rc\n\r'], ['a', 'b', 'c', '']],
    [
      ['a\r', '\nb'],
      ['a', 'b'],
    ],
    [
      ['a\r', '', '\nb'],
      ['a', 'b'],
    ],
    [
      ['a\r', 'b\n'],
      ['a', 'b'],
    ],
    [['\n\n'], ['', '']],
    [
      ['a', 'b', '\n', 'c'],
      ['ab', 'c'],
    ],
    [[], []],
  ])('%j are %j', (pieces, lines) => {
    expect(split(pieces)).toEqual({ lines, tooLong: 0 });
  });

  test('are the same however the text is cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\n'), maxLength: 40 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(40)), (whole, cuts) => {
        const edges = [0, ...cuts.filter((at) => at < whole.length).sort((a, b) => a - b), whole.length];
        const pieces = edges.slice(1).map((end, index) => whole.slice(edges[index], end));
        const lines = whole.split(/\r\n|\n|\r/);
        if (lines.at(-1) === '') lines.pop();
        expect(split(pieces, 100).lines).toEqual(lines);
      }),
    );
  });

  test('that are too long are left out, and counted once', () => {
    const long = 'x'.repeat(11);
    expect(split([`a\n${long}`, long, long, `\nb\n${long}\r\n`, 'x'.repeat(10)])).toEqual({
      lines: ['a', 'b', 'x'.repeat(10)],
      tooLong: 2,
    });
  });
});
