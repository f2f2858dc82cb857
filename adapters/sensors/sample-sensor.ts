import type { InputContext } from '../../contract/adapters.js';
import { type Clock, sleep } from '../../contract/clock.js';
import type { Measured, Sensor } from './sensor.js';

/** A sensor that gives nothing usable so many times in a row counts as gone. */
const FAILURES_IN_A_ROW = 5;

/**
 * Reads a sensor at every period until `signal` aborts; one read is under way at a time, and a period that a slow
 * sensor missed is left out. Rejects, with a sentence, when the sensor is gone or hangs.
 */
export async function sampleSensor(
  sensor: Sensor,
  { clock, everySeconds, emit, reject }: InputContext,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  let dueSeconds = clock.monotonicSeconds();
  while (!signal.aborted) {
    const measured = await answerWithin(sensor.limitSeconds, sensor.read(), clock, signal);
    if (signal.aborted) return;
    if (measured === undefined) {
      throw new Error(`${sensor.name} did not answer within ${sensor.limitSeconds} s`);
    }
    if ('value' in measured) {
      failures = 0;
      emit(measured);
    } else {
      failures += 1;
      if (failures === FAILURES_IN_A_ROW) throw new Error(`${measured.reason}, ${failures} times in a row`);
      reject(measured.reason);
    }
    dueSeconds = Math.max(dueSeconds + everySeconds, clock.monotonicSeconds());
    await sleep(clock, dueSeconds - clock.monotonicSeconds(), signal);
  }
}

/** What `answer` gives; undefined when it takes too long, or `signal` aborts before. */
function answerWithin(
  seconds: number,
  answer: Promise<Measured>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Measured | undefined> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', giveUp);
    };
    const giveUp = (): void => {
      end();
      resolve(undefined);
    };
    const cancel = clock.after(seconds, giveUp);
    signal.addEventListener('abort', giveUp, { once: true });
    answer.finally(end).then(resolve, reject);
  });
}
