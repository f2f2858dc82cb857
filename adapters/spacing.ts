import type { Clock } from '../contract/clock.js';

/** What comes this much of the spacing early counts as in time: a heartbeat jitters, and must not be skipped. */
const EARLY_SHARE = 0.05;

/** Lets something through once in a while. */
export interface Spacing {
  /** Whether enough time has passed since the last pass. */
  readonly due: boolean;
  /** Starts the time anew. */
  pass(): void;
}

/** @param everySeconds the time between two passes; the first is due at once. */
export function createSpacing(clock: Clock, everySeconds: number): Spacing {
  let dueAt = Number.NEGATIVE_INFINITY;
  return {
    get due() {
      return clock.monotonicSeconds() >= dueAt;
    },
    pass() {
      dueAt = clock.monotonicSeconds() + everySeconds * (1 - EARLY_SHARE);
    },
  };
}
