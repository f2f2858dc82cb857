const FIRST_SECONDS = 0.5;
const MOST_SECONDS = 30;

/**
 * How long to wait before the next try: a random share of a bound that doubles from 0.5 s to 30 s, so that clients
 * who lost their broker together do not all come back together.
 *
 * @see Brooker (2015), "Exponential backoff and jitter", full jitter.
 */
export interface Backoff {
  /** Seconds, in [0, 30). */
  next(): number;
  reset(): void;
}

/** @param random in [0, 1). */
export function createBackoff(random: () => number): Backoff {
  let boundSeconds = FIRST_SECONDS;
  return {
    next() {
      const seconds = random() * boundSeconds;
      boundSeconds = Math.min(MOST_SECONDS, boundSeconds * 2);
      return seconds;
    },
    reset() {
      boundSeconds = FIRST_SECONDS;
    },
  };
}
