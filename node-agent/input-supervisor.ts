import { type Clock, sleep } from '../contract/clock.js';
import { reasonOf } from '../contract/errors.js';
import type { Log } from '../contract/log.js';

const FIRST_DELAY_SECONDS = 0.5;
const LONGEST_DELAY_SECONDS = 60;
/** Spreads restarts, so that inputs which died together do not come back together. */
const JITTER = 0.5;

export interface SupervisorContext {
  readonly clock: Clock;
  readonly log: Log;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Keeps one input running, and says in the log when it stops reading and when it reads again. */
export interface InputSupervisor {
  /** Runs it until `signal` aborts; one that ends before is started again, later at each failure in a row. Never rejects. */
  keepRunning(run: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>;
  /** The input says that it has no source, and goes on waiting for it. */
  waits(reason: string): void;
  /** Says that a reading came: if the input had failed or waited, it works again. */
  works(): void;
}

/** @param died called with the reason whenever the input has ended. */
export function createInputSupervisor(
  { clock, log, random }: SupervisorContext,
  died: (reason: string) => void = () => {},
): InputSupervisor {
  let failures = 0;
  let isWaiting = false;
  return {
    async keepRunning(run, signal) {
      while (!signal.aborted) {
        const reason = await run(signal).then(() => 'it ended by itself', reasonOf);
        if (signal.aborted) return;
        died(reason);
        if (failures === 0) log.warn({ code: 'INPUT_FAILED', reason }, 'input failed; starting it again');
        const delaySeconds = restartDelaySeconds(failures, random);
        failures += 1;
        await sleep(clock, delaySeconds, signal);
      }
    },
    waits(reason) {
      if (!isWaiting) log.warn({ code: 'INPUT_FAILED', reason }, 'input has nothing to read');
      isWaiting = true;
    },
    works() {
      if (failures === 0 && !isWaiting) return;
      failures = 0;
      isWaiting = false;
      log.info({}, 'input works again');
    },
  };
}

/** Seconds before the next start: doubling, 0.5 to 60 with the jitter. */
function restartDelaySeconds(failures: number, random: () => number): number {
  const doubled = FIRST_DELAY_SECONDS * 2 ** failures;
  return Math.min(LONGEST_DELAY_SECONDS / (1 + JITTER), doubled) * (1 + JITTER * random());
}
