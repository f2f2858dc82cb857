import type { Clock } from '../../contract/clock.js';

/** The share of the period by which a picture may come early, as those of a camera of just that rate do. */
const EARLY = 0.25;

/** Makes a function that says of each picture whether its time has come, so that `everySeconds` holds on average. */
export function createPicturePace(clock: Clock, everySeconds: number): () => boolean {
  let dueSeconds = Number.NEGATIVE_INFINITY;
  return () => {
    const nowSeconds = clock.monotonicSeconds();
    if (nowSeconds < dueSeconds - EARLY * everySeconds) return false;
    dueSeconds = (dueSeconds + everySeconds > nowSeconds ? dueSeconds : nowSeconds) + everySeconds;
    return true;
  };
}
