import type { Clock } from '../contract/clock.js';

/** Notices that nothing has come for too long. */
export interface IdleLimit {
  /** Something came: the time starts anew. */
  heard(): void;
  stop(): void;
}

/** @param seconds how long it may be; without it no time is too long. */
export function watchIdle(clock: Clock, seconds: number | undefined, idle: () => void): IdleLimit {
  let cancel = (): void => {};
  const wait = (): void => {
    cancel();
    if (seconds !== undefined) cancel = clock.after(seconds, idle);
  };
  wait();
  return { heard: wait, stop: () => cancel() };
}
