import type { Clock } from '../contract/clock.js';

/** Runs a task a little later, once however often it was asked for meanwhile. */
export interface Pacer {
  soon(task: () => void): void;
  cancel(): void;
}

export function createPacer(clock: Clock, pauseSeconds: number): Pacer {
  let cancel: (() => void) | undefined;
  return {
    soon(task) {
      cancel ??= clock.after(pauseSeconds, () => {
        cancel = undefined;
        task();
      });
    },
    cancel() {
      cancel?.();
      cancel = undefined;
    },
  };
}
