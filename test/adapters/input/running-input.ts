import type { InputDefinition } from '../../../contract/adapters.js';
import type { Clock } from '../../../contract/clock.js';
import { reasonOf } from '../../../contract/errors.js';
import { createManualClock, type ManualClock } from '../../support/manual-clock.js';
import { createInputBench, type InputBench } from './input-suite.js';

/** An input that runs by a clock of the test's until it is disposed of. */
export interface RunningInput extends InputBench, AsyncDisposable {
  readonly clock: ManualClock;
  /** How often it has begun to wait for a time. */
  readonly waits: number;
  /** How many of these waits are not over. */
  readonly pending: number;
  /** Why it ended; resolves with null when it was stopped. */
  readonly ended: Promise<string | null>;
  stop(): void;
}

export function runInput(definition: InputDefinition, options: object, everySeconds = 10): RunningInput {
  const clock = createManualClock();
  let [waits, pending] = [0, 0];
  const counting: Clock = {
    ...clock,
    after(seconds, task) {
      waits += 1;
      pending += 1;
      let isOver = false;
      const over = (): void => {
        if (!isOver) pending -= 1;
        isOver = true;
      };
      const cancel = clock.after(seconds, () => {
        over();
        task();
      });
      return () => {
        over();
        cancel();
      };
    },
  };
  const bench = createInputBench(counting, everySeconds);
  const stop = new AbortController();
  const input = definition.create(definition.options.parse(options), bench.context);
  const ended = input.run(stop.signal).then(() => null, reasonOf);
  return {
    ...bench,
    clock,
    get waits() {
      return waits;
    },
    get pending() {
      return pending;
    },
    ended,
    stop: () => stop.abort(),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}

/** The values that it has read. */
export function valuesOf({ readings }: InputBench): number[] {
  return readings.map(({ value }) => value);
}
