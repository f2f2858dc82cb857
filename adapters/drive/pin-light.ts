import type { Output, OutputContext } from '../../contract/adapters.js';
import { sleep, within } from '../../contract/clock.js';
import type { GlobalMessage } from '../../contract/payloads/global.js';
import { openPins, type PinsWanted } from './open-pins.js';

/** What is waited for until a colour is shown; a process of the pins that is stuck is ended soon after. */
const SHOWING_SECONDS = 0.05;

export interface PinLightOptions extends PinsWanted {
  /** Between two changes, at least. */
  readonly everySeconds: number;
  /** What the device is to be told for a state; throws a sentence where a formula gives no number. */
  readonly numbersOf: (state: GlobalMessage) => readonly number[];
  readonly dark: readonly number[];
}

/**
 * Opens a light on the pins of a Raspberry Pi: dark at the start, at silence, at the end and where a formula fails.
 *
 * @throws Error with a sentence when it cannot be opened.
 */
export async function openPinLight(
  options: PinLightOptions,
  { clock, degrade }: Pick<OutputContext, 'clock' | 'degrade'>,
): Promise<Output> {
  const { everySeconds, numbersOf, dark } = options;
  let shown: string | undefined = dark.join(' ');
  let nextAt = Number.NEGATIVE_INFINITY;
  let isClosed = false;
  const lost = (): void => {
    shown = undefined;
  };
  const light = await openPins(options, { clock, complain: degrade, lost });
  const show = async (numbers: readonly number[]): Promise<void> => {
    const next = numbers.join(' ');
    if (isClosed || !light.isOpen || next === shown) return;
    shown = next;
    nextAt = clock.monotonicSeconds() + everySeconds;
    await within(clock, SHOWING_SECONDS, light.send(numbers));
  };
  const spacing = async (signal: AbortSignal): Promise<void> => {
    const waitSeconds = nextAt - clock.monotonicSeconds();
    if (waitSeconds > 0) await sleep(clock, waitSeconds, signal);
  };
  return {
    async write(state, signal) {
      await spacing(signal);
      if (signal.aborted) return;
      try {
        await show(numbersOf(state));
      } catch (error) {
        await show(dark);
        throw error;
      }
      // Waiting here, and not before, lets the state that is newest then be the next one.
      await spacing(signal);
    },
    quiet: () => show(dark),
    async close() {
      isClosed = true;
      await light.close();
    },
  };
}
