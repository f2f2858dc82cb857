import type { ManualClock } from '../../support/manual-clock.js';

/** Moves a clock on in small steps until a promise has settled. */
export async function runClock<T>(clock: ManualClock, work: Promise<T>, stepSeconds = 0.001): Promise<T> {
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  work.then(settle, settle);
  while (!isSettled) {
    await new Promise(setImmediate);
    clock.advance(stepSeconds);
  }
  return work;
}
