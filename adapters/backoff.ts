const FIRST_SECONDS = 0.25;
const LONGEST_SECONDS = 30;

/**
 * How long to wait before the next try: doubled at each failure, of which half is left to chance, so that many
 * who failed together do not try again together.
 *
 * @param failures in a row, at least 1.
 * @param random in [0, 1).
 * @returns seconds, up to 30.
 */
export function backoffSeconds(failures: number, random: number): number {
  return Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (failures - 1)) * (0.5 + 0.5 * random);
}
