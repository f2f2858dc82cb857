import type { Clock } from '../contract/clock.js';
import { type Instant, instantFromSeconds } from '../contract/instant.js';

/**
 * Makes the instants of readings that bring no timestamp: Unix time as it was at the start, plus what the monotonic
 * clock has counted since, so that a wall clock that is set changes no dt.
 */
export function createArrivals(clock: Clock): () => Instant {
  const anchor = instantFromSeconds(clock.nowSeconds());
  const anchorMonotonic = clock.monotonicSeconds();
  return () => {
    const sinceAnchor = anchor.fraction + (clock.monotonicSeconds() - anchorMonotonic);
    const wholeSeconds = Math.floor(sinceAnchor);
    return { wholeSeconds: anchor.wholeSeconds + wholeSeconds, fraction: sinceAnchor - wholeSeconds };
  };
}
