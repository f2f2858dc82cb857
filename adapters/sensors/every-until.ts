import type { Clock } from '../../contract/clock.js';

/** Calls `task` every `periodSeconds`, the first time after one, until `signal` aborts; rejects with what `task` throws. */
export function everyUntil(
  clock: Clock,
  periodSeconds: number,
  signal: AbortSignal,
  task: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', stop);
    };
    const stop = (): void => {
      end();
      resolve();
    };
    const tick = (): void => {
      try {
        task();
      } catch (error) {
        end();
        reject(error);
      }
    };
    const cancel = clock.every(periodSeconds, tick);
    signal.addEventListener('abort', stop, { once: true });
  });
}
