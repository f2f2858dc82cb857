import { type Instant, secondsBetween } from '../contract/instant.js';

/** Time may step back this far by disorder; beyond it the clock was set, and prices are compared afresh. */
const CLOCK_WAS_SET_SECONDS = 1;
/** Timestamps tell no moments apart that are closer. */
const LEAST_SECONDS = 1e-9;

/** Makes returns of prices. */
export interface LogReturns {
  /**
   * @param price > 0, in any currency.
   * @returns the normalised return since the price before; null where there is none to compare with, or where no time
   *   has passed since: a later price then tells.
   */
  next(price: number, at: Instant): number | null;
  /** The next price is not compared with the last: there is something between them. */
  breakOff(): void;
}

/**
 * Turns prices into log-returns in units of their own spread.
 *
 * With p_k the price at t_k, dt = t_k - t_(k-1) and A = 1 - exp(-dt/memory):
 *
 *     r_k = ln(p_k / p_(k-1))
 *     v_k = v_(k-1) + A (r_k^2/dt - v_(k-1))     v_0 = 0, variance a second
 *     w_k = w_(k-1) + A (1 - w_(k-1))            w_0 = 0, how much of the memory is filled
 *     x_k = r_k / sqrt(dt v_k/w_k)               0 where the price has not moved
 *
 * The variance of a random walk grows with time, so that ticks may come as they like: x has a mean square of 1 whatever
 * dt. The first price gives none, and the first return is +1, -1 or 0. As v_k holds r_k, |x| <= sqrt(w_k/A).
 *
 * @param memorySeconds over which the spread is learnt; > 0.
 * @see Zumbach, Mueller (2001), Operators on inhomogeneous time series, Int. J. Theor. Appl. Finance 4, 147-177;
 *   RiskMetrics Technical Document (1996), chapter 5, for the same at regular times.
 */
export function createLogReturns(memorySeconds: number): LogReturns {
  let last: { readonly price: number; readonly at: Instant } | undefined;
  let varianceRate = 0;
  let filled = 0;
  return {
    next(price, at) {
      const before = last;
      const dt = before === undefined ? 0 : secondsBetween(before.at, at);
      if (before !== undefined && dt < LEAST_SECONDS && dt >= -CLOCK_WAS_SET_SECONDS) return null;
      last = { price, at };
      if (before === undefined || dt <= 0) return null;
      // A quotient of two prices may be beyond what a number can hold; their logarithms are not.
      const change = Math.log(price) - Math.log(before.price);
      const share = -Math.expm1(-dt / memorySeconds);
      // Not as v += A (r^2/dt - v): a calm that follows a fall would be lost in its rounding.
      varianceRate = (1 - share) * varianceRate + (share * change ** 2) / dt;
      filled = (1 - share) * filled + share;
      return change === 0 ? 0 : change / Math.sqrt((dt * varianceRate) / filled);
    },
    breakOff() {
      last = undefined;
    },
  };
}
