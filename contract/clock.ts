/** Time as every part sees it, so that tests can hold it still. */
export interface Clock {
  /** Unix time in seconds; may jump when the machine's clock is set. */
  nowSeconds(): number;
  /** Seconds on a clock that never goes back; its zero means nothing. */
  monotonicSeconds(): number;
  /**
   * Calls `task` every `periodSeconds` until the returned function is called. Times are counted from the start, so that
   * lateness does not add up; calls that a busy process missed are left out.
   */
  every(periodSeconds: number, task: () => void): () => void;
  /** Calls `task` once, `delaySeconds` from now, unless the returned function is called before. */
  after(delaySeconds: number, task: () => void): () => void;
}

/** Resolves after `delaySeconds` on `clock`, or as soon as `signal` aborts. Never rejects. */
export function sleep(clock: Clock, delaySeconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(delaySeconds, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** Resolves when `work` has settled, or after `seconds` on `clock` if that is sooner. Never rejects. */
export async function within(clock: Clock, seconds: number, work: Promise<unknown>): Promise<void> {
  const settled = new AbortController();
  const stop = (): void => settled.abort();
  work.then(stop, stop);
  await sleep(clock, seconds, settled.signal);
}

/** The machine's own clocks and timers. */
export const systemClock: Clock = {
  nowSeconds: () => Date.now() / 1000,
  monotonicSeconds: () => performance.now() / 1000,
  every(periodSeconds, task) {
    const periodMs = periodSeconds * 1000;
    const startMs = performance.now();
    let count = 1;
    let timer = setTimeout(tick, periodMs);
    function tick(): void {
      // A timer may fire up to a millisecond early: that call is then this one, not one more.
      count = Math.max(count, Math.round((performance.now() - startMs) / periodMs)) + 1;
      timer = setTimeout(tick, Math.max(0, startMs + count * periodMs - performance.now()));
      task();
    }
    return () => clearTimeout(timer);
  },
  after(delaySeconds, task) {
    const timer = setTimeout(task, delaySeconds * 1000);
    return () => clearTimeout(timer);
  },
};
