/**
 * Adds a term to a sum kept in two neighbouring cells, the rounded sum and what rounding has lost so far.
 *
 * Plain sums of a busy mesh drift by 1e-7 in a day; compensated ones do not (kairos.md, section 5).
 *
 * @param cells where the sum lives; allocates nothing.
 * @param at index of the rounded sum; the loss stands at `at + 1`.
 * @param term any finite number.
 * @see Neumaier (1974), ZAMM 54, 39-51; the loss in Knuth's form, which needs no comparison of sizes.
 */
export function accumulate(cells: Float64Array, at: number, term: number): void {
  const before = cells[at] as number;
  const after = before + term;
  const taken = after - before;
  cells[at] = after;
  cells[at + 1] = (cells[at + 1] as number) + (before - (after - taken) + (term - taken));
}

/**
 * Takes one term out of such a sum and another in, in one go.
 *
 * @param cells as in `accumulate`.
 * @param at as in `accumulate`.
 * @param out the term that was added.
 * @param term the term that takes its place.
 */
export function exchange(cells: Float64Array, at: number, out: number, term: number): void {
  const before = cells[at] as number;
  const between = before - out;
  const after = between + term;
  const released = between - before;
  const taken = after - between;
  cells[at] = after;
  cells[at + 1] =
    (cells[at + 1] as number) +
    (before - (between - released) - (out + released) + (between - (after - taken)) + (term - taken));
}

/** The value of a compensated sum, correct to its last bit or two. */
export function total(cells: Float64Array, at: number): number {
  return (cells[at] as number) + (cells[at + 1] as number);
}
