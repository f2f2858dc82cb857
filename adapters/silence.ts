import type { Clock } from '../contract/clock.js';

/** The mesh speaks at least once a second (the sync worker's heartbeat); so long after that it counts as gone. */
export const SILENCE_SECONDS = 3.5;

/** Notices when a source falls silent, and says so once a silence. */
export interface Silence {
  /** A fresh state has come. */
  heard(): void;
  /** The source is known to be gone. */
  fall(reason: string): void;
  stop(): void;
}

/**
 * @param reason why nothing is heard, asked when the time is up.
 * @param quiet called once when the source falls silent, and again only after it has been heard.
 */
export function watchSilence(clock: Clock, reason: () => string, quiet: (reason: string) => void): Silence {
  let silent = false;
  let cancel = (): void => {};
  const fall = (because: string): void => {
    cancel();
    if (silent) return;
    silent = true;
    quiet(because);
  };
  const wait = (): void => {
    cancel();
    cancel = clock.after(SILENCE_SECONDS, () => fall(reason()));
  };
  wait();
  return {
    heard() {
      silent = false;
      wait();
    },
    fall,
    stop: () => cancel(),
  };
}
