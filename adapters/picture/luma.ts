/** Width and height in pixels. */
export type Size = readonly [width: number, height: number];
/** Left, top, width and height, as shares of the picture in [0, 1]. */
export type Region = readonly [left: number, top: number, width: number, height: number];
/** A number in [0, 1] out of a picture's luma, row by row from the top left; undefined where it takes two pictures. */
export type LumaMeasure = (luma: Uint8Array) => number | undefined;

const WHITE = 255;

/** The mean luma of a region. */
export function createBrightness(size: Size, region: Region): LumaMeasure {
  const rows = rowsOf(size, region);
  return (luma) => {
    let sum = 0;
    for (let row = rows.first; row < rows.end; row += rows.stride) {
      for (let at = row; at < row + rows.width; at += 1) sum += luma[at] as number;
    }
    return sum / (rows.pixels * WHITE);
  };
}

/** The mean absolute difference of a region's luma from that of the picture before; it keeps that one picture. */
export function createMotion(size: Size, region: Region): LumaMeasure {
  const rows = rowsOf(size, region);
  const before = new Uint8Array(size[0] * size[1]);
  let isFirst = true;
  return (luma) => {
    let sum = 0;
    for (let row = rows.first; row < rows.end; row += rows.stride) {
      for (let at = row; at < row + rows.width; at += 1) {
        sum += Math.abs((luma[at] as number) - (before[at] as number));
      }
    }
    before.set(luma.subarray(0, before.length));
    const wasFirst = isFirst;
    isFirst = false;
    return wasFirst ? undefined : sum / (rows.pixels * WHITE);
  };
}

/** Where a region's rows begin: every pixel that it touches, at least one. */
function rowsOf([columns, lines]: Size, [left, top, width, height]: Region) {
  const [firstColumn, endColumn] = spanOf(left, width, columns);
  const [firstLine, endLine] = spanOf(top, height, lines);
  return {
    first: firstLine * columns + firstColumn,
    end: endLine * columns,
    stride: columns,
    width: endColumn - firstColumn,
    pixels: (endColumn - firstColumn) * (endLine - firstLine),
  };
}

/** The pixels that a share of them touches, from and to; the rounding of 0.1 + 0.2 touches none. */
function spanOf(start: number, length: number, pixels: number): readonly [number, number] {
  const first = Math.min(pixels - 1, Math.floor(start * pixels + 1e-9));
  return [first, Math.max(first + 1, Math.min(pixels, Math.ceil((start + length) * pixels - 1e-9)))];
}
