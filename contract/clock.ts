/** Time as every part sees it, so that tests can hold it still. */
export interface Clock {
  /** Unix time in seconds; may jump when the machine's clock is set. */
  nowSeconds(): number;
  /** Seconds on a clock that never goes back; its zero means nothing. */
  monotonicSeconds(): number;
  /** Calls `task` every `periodSeconds` until the returned function is called. */
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
    const timer = setInterval(task, periodSeconds * 1000);
    return () => clearInterval(timer);
  },
  after(delaySeconds, task) {
    const timer = setTimeout(task, delaySeconds * 1000);
    return () => clearTimeout(timer);
  },
};
