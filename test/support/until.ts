import { setTimeout as delay } from 'node:timers/promises';

/** Waits for something that tells of itself by no event; `what` completes "... did not happen". */
export async function until(holds: () => boolean, what: string, limitSeconds = 5): Promise<void> {
  const limit = performance.now() + limitSeconds * 1000;
  while (!holds()) {
    if (performance.now() > limit) throw new Error(`${what} did not happen within ${limitSeconds} s`);
    await delay(2);
  }
}
