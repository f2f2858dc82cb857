/** Tells changes of a contact from its bouncing. */
export interface Debouncer {
  /** Whether it is active, once anything was sampled. */
  readonly isActive: boolean | undefined;
  /**
   * Takes a sample.
   *
   * @returns whether `isActive` has changed by it; the first sample is no change.
   */
  sample(isActive: boolean, nowSeconds: number): boolean;
}

/**
 * A change counts once every sample over `lastsSeconds` has shown it, so that it is told so much later.
 *
 * @param lastsSeconds 0 takes each sample as it is.
 * @see Ganssle (2008), A Guide to Debouncing: contacts bounce for 1.6 ms in the mean, most for less than 10 ms.
 */
export function createDebouncer(lastsSeconds: number): Debouncer {
  let settled: boolean | undefined;
  let changedAt: number | null = null;
  return {
    get isActive() {
      return settled;
    },
    sample(isActive, nowSeconds) {
      settled ??= isActive;
      if (isActive === settled) {
        changedAt = null;
        return false;
      }
      changedAt ??= nowSeconds;
      if (nowSeconds - changedAt < lastsSeconds) return false;
      settled = isActive;
      changedAt = null;
      return true;
    },
  };
}
