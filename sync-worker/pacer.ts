import type { Clock } from '../contract/clock.js';

/** Publishes a state on change, no faster than its rate, and once a heartbeat when nothing changes. */
export interface Pacer {
  /** Says that the state changed: published at once after quiet, else when the rate allows. */
  touch(): void;
  /** Publishes now, whatever the rate. */
  flush(): void;
  stop(): void;
}

/**
 * @param ratePerSecond asked anew each time, so that it can be changed while running.
 * @param heartbeatSeconds how long an unchanged state stays unpublished.
 */
export function createPacer(options: {
  readonly clock: Clock;
  readonly ratePerSecond: () => number;
  readonly heartbeatSeconds: number;
  readonly publish: () => void;
}): Pacer {
  const { clock, ratePerSecond, heartbeatSeconds, publish } = options;
  let publishedAt = Number.NEGATIVE_INFINITY;
  let dirty = false;
  let stopped = false;
  let cancel = (): void => {};
  const flush = (): void => {
    if (stopped) return;
    cancel();
    dirty = false;
    publishedAt = clock.monotonicSeconds();
    cancel = clock.after(heartbeatSeconds, flush);
    publish();
  };
  return {
    flush,
    touch() {
      if (dirty || stopped) return;
      dirty = true;
      const waitSeconds = publishedAt + 1 / ratePerSecond() - clock.monotonicSeconds();
      if (waitSeconds <= 0) return flush();
      cancel();
      cancel = clock.after(waitSeconds, flush);
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}
