import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createBrightness, createMotion, type Region, type Size } from '../../../adapters/picture/luma.js';
import { createPictureReader } from '../../../adapters/picture/picture-reader.js';

const SIZE: Size = [4, 3];
const ALL: Region = [0, 0, 1, 1];
const RIGHT_HALF: Region = [0.5, 0, 0.5, 1];
/** Left half black, right half white. */
const HALVES = Uint8Array.of(0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255);

describe('brightness', () => {
  test.each<[string, Region, number]>([
    ['all of it', ALL, 0.5],
    ['the left half', [0, 0, 0.5, 1], 0],
    ['the right half', RIGHT_HALF, 1],
    ['the two columns in the middle', [0.25, 0, 0.5, 1], 0.5],
    ['three columns of the last row', [0.25, 2 / 3, 0.75, 1 / 3], 2 / 3],
    ['all pixels that it touches', [0.49, 0.4, 0.02, 0.1], 0.5],
    ['a pixel, however small it is', [1, 1, 1e-12, 1e-12], 1],
  ])('is the mean of %s', (_, region, mean) => {
    expect(createBrightness(SIZE, region)(HALVES)).toBeCloseTo(mean, 12);
  });

  test('leaves colour out, which comes after the luma', () => {
    expect(createBrightness([2, 2], ALL)(Uint8Array.of(51, 51, 51, 51, 255, 255))).toBeCloseTo(0.2, 12);
  });
});

describe('motion', () => {
  test('is the mean change since the picture before; the first has none', () => {
    const measure = createMotion(SIZE, ALL);
    const [black, grey] = [new Uint8Array(12), new Uint8Array(12).fill(51)];
    expect([black, HALVES, HALVES, black, grey].map(measure)).toEqual([undefined, 0.5, 0, 0.5, 0.2]);
  });

  test('counts a region alone', () => {
    const [left, right] = ([[0, 0, 0.5, 1], RIGHT_HALF] as const).map((region) => createMotion(SIZE, region));
    for (const measure of [left, right]) measure?.(new Uint8Array(12));
    expect([left?.(HALVES), right?.(HALVES)]).toEqual([0, 1]);
  });
});

test('any region of any picture is measured within 0 and 1, as pixel by pixel', () => {
  const pictures = fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
    .chain(([width, height]) => {
      const picture = fc.uint8Array({ minLength: width * height, maxLength: width * height });
      return fc.record({ size: fc.constant<Size>([width, height]), first: picture, second: picture });
    });
  const shares = fc.tuple(
    fc.nat(8),
    fc.nat(8),
    fc.integer({ min: 1, max: 8 }),
    fc.integer({ min: 1, max: 8 }),
  );
  fc.assert(
    fc.property(pictures, shares, ({ size, first, second }, [left, top, width, height]) => {
      const region: Region = [left / 16, top / 16, width / 16, height / 16];
      let sum = 0;
      let change = 0;
      let pixels = 0;
      second.forEach((luma, at) => {
        const [column, row] = [at % size[0], Math.floor(at / size[0])];
        const isIn = (pixel: number, of: number, from: number, length: number): boolean =>
          (pixel + 1) * 16 > from * of && pixel * 16 < (from + length) * of;
        if (!isIn(column, size[0], left, width) || !isIn(row, size[1], top, height)) return;
        sum += luma;
        change += Math.abs(luma - (first[at] ?? 0));
        pixels += 1;
      });
      expect(createBrightness(size, region)(second)).toBeCloseTo(sum / pixels / 255, 9);
      const motion = createMotion(size, region);
      expect(motion(first)).toBeUndefined();
      expect(motion(second)).toBeCloseTo(change / pixels / 255, 9);
    }),
  );
});

test('pictures are the same in whatever chunks they come', () => {
  const bytes = fc.uint8Array({ maxLength: 100 });
  const cuts = fc.array(fc.nat(100), { maxLength: 20 });
  fc.assert(
    fc.property(bytes, cuts, fc.integer({ min: 1, max: 30 }), (all, where, pictureBytes) => {
      const pictures: number[][] = [];
      const read = createPictureReader(pictureBytes, (picture) => pictures.push([...picture]));
      const at = [0, ...where.map((cut) => Math.min(cut, all.length)).sort((a, b) => a - b), all.length];
      for (const [index, end] of at.slice(1).entries()) read(all.subarray(at[index], end));
      const count = Math.floor(all.length / pictureBytes);
      expect(pictures.flat()).toEqual([...all.subarray(0, count * pictureBytes)]);
      expect(pictures).toHaveLength(count);
    }),
  );
});
