import type { Clock } from '../../contract/clock.js';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves both times forward, running what falls due in order. */
  advance(seconds: number): void;
  /** Sets the wall clock alone, as NTP or a user would. */
  setNow(unixSeconds: number): void;
}

export function createManualClock(startUnixSeconds = 1_800_000_000): ManualClock {
  let monotonic = 1000;
  let wallOffset = startUnixSeconds - monotonic;
  let tasks: { due: number; period: number | null; run: () => void }[] = [];
  const add = (due: number, period: number | null, run: () => void): (() => void) => {
    const task = { due, period, run };
    tasks.push(task);
    return () => {
      tasks = tasks.filter((other) => other !== task);
    };
  };
  return {
    nowSeconds: () => monotonic + wallOffset,
    monotonicSeconds: () => monotonic,
    every: (period, run) => add(monotonic + period, period, run),
    after: (delay, run) => add(monotonic + delay, null, run),
    setNow(unixSeconds) {
      wallOffset = unixSeconds - monotonic;
    },
    advance(seconds) {
      const end = monotonic + seconds;
      for (;;) {
        const next = tasks.filter(({ due }) => due <= end + 1e-9).sort((a, b) => a.due - b.due)[0];
        if (next === undefined) break;
        monotonic = Math.max(monotonic, next.due);
        if (next.period === null) tasks = tasks.filter((other) => other !== next);
        else next.due += next.period;
        next.run();
      }
      monotonic = end;
    },
  };
}
