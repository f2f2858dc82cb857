/**
 * Lags a level: level 0 has lags of 1 to 15 of its steps, each further level 8 to 15 of its own, twice as
 * long.
 */
export const LAGS_A_LEVEL = 16;
const FIRST_LAG_ABOVE = LAGS_A_LEVEL / 2;
/** Lags are compared with a relative tolerance: 0.1 + 0.2 is as good as 0.3. */
const ROUNDING = 1e-9;
/** Forty doublings of 10 ms are 348 years; more is a mistake in the units. */
const MOST_LEVELS = 40;

/** The lags of a multiple-tau ladder. */
export interface LagLadder {
  readonly levels: number;
  /** Shape [levels]: the shortest lag of each level, in its own steps. */
  readonly firstLag: Int32Array;
  /** Shape [levels]: where each level's lags begin among all lags. */
  readonly offset: Int32Array;
  /** Shape [lags], ascending, seconds. */
  readonly tauSeconds: Float64Array;
}

/**
 * Lays out the lags from the grid's period until the last is at least tau_max: 15 + 8 a level, whatever
 * tau_max.
 *
 * @param periodSeconds the grid's period, > 0.
 * @param tauMaxSeconds >= the period: no lag is shorter.
 * @throws RangeError when that is not so, or tau_max is more than 40 doublings away.
 * @see Schaetzel (1990); Ramirez et al. (2010), J. Chem. Phys. 133, 154103; kairos.md, section 4.
 */
export function createLagLadder(periodSeconds: number, tauMaxSeconds: number): LagLadder {
  if (!(periodSeconds > 0) || !Number.isFinite(periodSeconds)) {
    throw new RangeError(`a grid of ${periodSeconds} s is none; its period must be a number above 0`);
  }
  if (!isAtLeast(tauMaxSeconds, periodSeconds) || !Number.isFinite(tauMaxSeconds)) {
    throw new RangeError(
      `a tau_max of ${tauMaxSeconds} s is below the grid's period, ${periodSeconds} s; it must be at least that`,
    );
  }
  let levels = 1;
  while (!isAtLeast((LAGS_A_LEVEL - 1) * periodSeconds * 2 ** (levels - 1), tauMaxSeconds)) levels++;
  if (levels > MOST_LEVELS) {
    throw new RangeError(
      `a tau_max of ${tauMaxSeconds} s on a grid of ${periodSeconds} s needs ${levels} levels; at most ${MOST_LEVELS} are kept`,
    );
  }
  const firstLag = new Int32Array(levels).fill(FIRST_LAG_ABOVE).fill(1, 0, 1);
  const offset = Int32Array.from(firstLag, (_, level) => (level === 0 ? 0 : 7 + level * FIRST_LAG_ABOVE));
  const tauSeconds: number[] = [];
  for (let level = 0; level < levels; level++) {
    const stepSeconds = periodSeconds * 2 ** level;
    for (let lag = firstLag[level] as number; lag < LAGS_A_LEVEL; lag++) tauSeconds.push(lag * stepSeconds);
  }
  return { levels, firstLag, offset, tauSeconds: Float64Array.from(tauSeconds) };
}

/** Whether a lag is at least another, relative rounding aside. */
export function isAtLeast(lagSeconds: number, otherSeconds: number): boolean {
  return lagSeconds >= otherSeconds * (1 - ROUNDING);
}
