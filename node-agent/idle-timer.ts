import type { Clock } from '../contract/clock.js';

/** Timers reach no further than 24 days; a longer wait is taken in steps. */
const LONGEST_TIMER_SECONDS = 86_400;
/** A timer may ring early by its own rounding. */
const SLACK_SECONDS = 0.001;

/** Rings once when it has not been touched for a time. A touch is cheap: it moves no timer. */
export interface IdleTimer {
  touch(): void;
  cancel(): void;
}

export function createIdleTimer(clock: Clock, idleSeconds: number, ring: () => void): IdleTimer {
  let lastTouch = clock.monotonicSeconds();
  let cancel: () => void = () => {};
  const wait = (seconds: number): void => {
    cancel = clock.after(Math.min(seconds, LONGEST_TIMER_SECONDS), () => {
      const rest = lastTouch + idleSeconds - clock.monotonicSeconds();
      if (rest > SLACK_SECONDS) wait(rest);
      else ring();
    });
  };
  wait(idleSeconds);
  return {
    touch() {
      lastTouch = clock.monotonicSeconds();
    },
    cancel: () => cancel(),
  };
}
