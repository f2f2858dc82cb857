import { type Clock, sleep } from '../../contract/clock.js';
import { reasonOf } from '../../contract/errors.js';
import { backoffSeconds } from '../backoff.js';
import type { Complain } from './complaints.js';
import type { PinDeviceConfig } from './open-pin-device.js';
import { launchPinChild, type PinChild } from './pin-child.js';

export interface PinProcessOptions {
  readonly config: PinDeviceConfig;
  readonly clock: Clock;
  readonly complain: Complain;
  /** The process has ended by itself, or was stuck and was ended; another is started, whose device is off. */
  readonly lost: () => void;
}

/** What hangs on the pins, in a process of its own that is started again when it ends. */
export interface PinProcess {
  /** False while it is started again. */
  readonly isOpen: boolean;
  /** Commands the device; resolves once it has done so, or cannot. Never rejects. */
  send(numbers: readonly number[]): Promise<void>;
  /** Ends it, with the device off. Never rejects. */
  close(): Promise<void>;
}

/**
 * Opens what hangs on the pins.
 *
 * @returns once it is open and off.
 * @throws Error with a sentence when it cannot be opened.
 */
export async function startPinProcess(options: PinProcessOptions): Promise<PinProcess> {
  const { config, clock, complain, lost } = options;
  const over = new AbortController();
  let current: PinChild | undefined;
  const launch = async (): Promise<void> => {
    let refusal: string | null = null;
    const child = await launchPinChild(config, clock, (fault) => {
      if (fault !== refusal) complain(fault);
      refusal = fault;
    });
    if (over.signal.aborted) return void child.end();
    current = child;
    void child.ended.then((how) => {
      current = undefined;
      if (!over.signal.aborted) void launchAgain(`the process of the pins ${how}, and is started again`);
    });
  };
  const launchAgain = async (reason: string): Promise<void> => {
    complain(reason);
    lost();
    // At once, because what hangs on the pins may be running; only then with pauses.
    for (let failures = 1; !over.signal.aborted; failures += 1) {
      try {
        await launch();
        complain(null);
        return;
      } catch (error) {
        complain(reasonOf(error));
        await sleep(clock, backoffSeconds(failures, Math.random()), over.signal);
      }
    }
  };
  await launch();
  return {
    get isOpen() {
      return current !== undefined;
    },
    send: async (numbers) => current?.send(numbers.join(' ')),
    async close() {
      over.abort();
      if ((await current?.end()) !== false) return;
      // It was stuck, so the next one turns off what it has left on, and ends.
      void launch().catch(() => {});
    },
  };
}
