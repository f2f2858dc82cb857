import fc from 'fast-check';

const STEPS = 2 ** 30;

/**
 * A number between two, each about as likely: `fc.double` draws from the representations, most of which are
 * next to 0.
 *
 * @param least the smallest.
 * @param most the greatest.
 */
export function between(least: number, most: number): fc.Arbitrary<number> {
  return fc.nat(STEPS).map((step) => least + ((most - least) * step) / STEPS);
}
