import type { InputContext } from '../../contract/adapters.js';
import { createDebouncer } from './debouncer.js';
import { everyUntil } from './every-until.js';

export interface PinOptions {
  /** What is emitted: 1 and 0 at changes, the same and once at the start, or activations a second. */
  readonly mode: 'pulse' | 'level' | 'rate';
  readonly active: 'low' | 'high';
  /** Seconds that a change has to last; 0.02 unless given, and 0 for a rate. */
  readonly debounce?: number | undefined;
}

const FASTEST_SECONDS = 0.001;
const SLOWEST_SECONDS = 0.01;
const SAMPLES_A_CHANGE = 5;

/**
 * Samples the pin until `signal` aborts, first after a period in which its resistor pulls it. Not by rpio.poll,
 * which needs the kernel's interrupts off (dtoverlay=gpio-no-irq), does not say which edge it was, and polls at
 * 1 kHz whatever is needed.
 *
 * @param read the level of the pin, 0 or 1.
 */
export function watchPin(
  read: () => number,
  { mode, active, debounce = mode === 'rate' ? 0 : 0.02 }: PinOptions,
  context: InputContext,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = context;
  const activeLevel = active === 'low' ? 0 : 1;
  const debouncer = createDebouncer(debounce);
  const report = createReport(mode, context);
  const periodSeconds = Math.min(SLOWEST_SECONDS, Math.max(FASTEST_SECONDS, debounce / SAMPLES_A_CHANGE));
  return everyUntil(clock, periodSeconds, signal, () => {
    const nowSeconds = clock.monotonicSeconds();
    const isFirst = debouncer.isActive === undefined;
    const hasChanged = debouncer.sample(read() === activeLevel, nowSeconds);
    report({ isFirst, hasChanged, isActive: debouncer.isActive === true, nowSeconds });
  });
}

interface Sampled {
  readonly isFirst: boolean;
  readonly hasChanged: boolean;
  readonly isActive: boolean;
  readonly nowSeconds: number;
}

/** What a mode makes of the samples. A change is told as of now: a wall clock that is set must move no pulse. */
function createReport(mode: PinOptions['mode'], { everySeconds, emit }: InputContext) {
  if (mode === 'rate') return createRateReport(everySeconds, emit);
  return ({ isFirst, hasChanged, isActive }: Sampled): void => {
    if (hasChanged || (isFirst && mode === 'level')) emit({ value: isActive ? 1 : 0 });
  };
}

function createRateReport(everySeconds: number, emit: InputContext['emit']) {
  let activations = 0;
  let sinceSeconds: number | undefined;
  return ({ hasChanged, isActive, nowSeconds }: Sampled): void => {
    if (hasChanged && isActive) activations += 1;
    sinceSeconds ??= nowSeconds;
    const elapsedSeconds = nowSeconds - sinceSeconds;
    if (elapsedSeconds < everySeconds) return;
    emit({ value: activations / elapsedSeconds });
    activations = 0;
    sinceSeconds = nowSeconds;
  };
}
