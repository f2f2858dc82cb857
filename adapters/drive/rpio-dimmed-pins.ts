import type { Rpio } from '../sensors/machine.js';
import type { OutputPins } from './pins.js';

/** 100 Hz does not flicker to the eye. */
const PERIOD_US = 10_000;
/** The kernel wakes who sleeps so much too late; for so long before a light goes off it is better to stay awake. */
const AWAKE_US = 100;

export interface DimmingTime {
  /** On a clock that never goes back. */
  nowUs(): number;
  /** Calls `task` once all that waits has had its turn. */
  soon(task: () => void): void;
}

const processTime: DimmingTime = {
  nowUs: () => performance.now() * 1000,
  soon: (task) => void setImmediate(task),
};

/**
 * Any pins of a Raspberry Pi, switched on and off by the processor 100 times a second: its own PWM has but two
 * channels, too few for three colours. It sleeps in the call, so it needs a process of its own.
 *
 * @param rpio started.
 */
export function createRpioDimmedPins(rpio: Rpio, time: DimmingTime = processTime): OutputPins {
  const duties = new Map<number, number>();
  const opened = new Set<number>();
  let isRunning = false;
  const write = (gpio: number, level: 0 | 1): void => {
    if (opened.has(gpio)) rpio.write(gpio, level);
    else rpio.open(gpio, rpio.OUTPUT, level);
    opened.add(gpio);
  };
  const sleepUntil = (untilUs: number): void => {
    const sleepUs = Math.floor(untilUs - time.nowUs());
    if (sleepUs > 0) rpio.usleep(sleepUs);
  };
  const cycle = (): void => {
    const dimmed = [...duties].filter(([, duty]) => duty > 0 && duty < 1).sort(([, a], [, b]) => a - b);
    isRunning = dimmed.length > 0;
    if (!isRunning) return;
    const startUs = time.nowUs();
    for (const [gpio] of dimmed) write(gpio, 1);
    for (const [gpio, duty] of dimmed) {
      const endUs = startUs + duty * PERIOD_US;
      sleepUntil(endUs - AWAKE_US);
      while (time.nowUs() < endUs);
      write(gpio, 0);
    }
    sleepUntil(startUs + PERIOD_US);
    time.soon(cycle);
  };
  const set = (gpio: number, duty: number): void => {
    duties.set(gpio, duty);
    write(gpio, duty === 1 ? 1 : 0);
    if (isRunning || duty === 0 || duty === 1) return;
    isRunning = true;
    time.soon(cycle);
  };
  return { write: set, pulse: set };
}
