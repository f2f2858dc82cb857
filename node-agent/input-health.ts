import type { Reading } from '../contract/adapters.js';
import type { Clock } from '../contract/clock.js';
import { formatTimestamp, type Instant } from '../contract/instant.js';
import type { InputState, InputStatus } from '../contract/payloads/status.js';

/** What the rate is counted over, at least. */
const RATE_SECONDS = 5;

/** What an input has read and what is wrong with it, for whoever asks how it is. */
export class InputHealth {
  state: InputState = 'starting';
  /** What is wrong, in a sentence; while the state is degraded. */
  reason: string | undefined;
  /** Whether its source is gone, so that what was read before counts no more. */
  isLost = false;
  private readonly clock: Clock;
  private readonly changed: () => void;
  private readings = 0;
  private errors = 0;
  private last: { readonly reading: Reading; readonly at: Instant } | undefined;
  private rate = 0;
  private mark: { readonly readings: number; readonly seconds: number };

  /** @param changed called when the state, the reason or `isLost` has. */
  constructor(clock: Clock, changed: () => void) {
    this.clock = clock;
    this.changed = changed;
    this.mark = { readings: 0, seconds: clock.monotonicSeconds() };
  }

  took(reading: Reading, at: Instant): void {
    this.readings += 1;
    this.last = { reading, at };
    if (this.state === 'ok') return;
    this.become('ok', undefined, false);
  }

  rejected(reason: string): void {
    this.errors += 1;
    this.become('degraded', reason, this.isLost);
  }

  /** The source has died, or says that it gives nothing. */
  lost(reason: string): void {
    this.errors += 1;
    this.become('degraded', reason, true);
  }

  /** Everything but what its encoder knows. */
  describe(): Pick<InputStatus, 'state' | 'reason' | 'rate' | 'readings' | 'errors' | 'last'> {
    const { state, reason, readings, errors, last } = this;
    this.measureRate();
    return {
      state,
      ...(reason === undefined ? {} : { reason }),
      rate: this.rate,
      readings,
      errors,
      ...(last === undefined ? {} : { last: describeReading(last) }),
    };
  }

  private measureRate(): void {
    const seconds = this.clock.monotonicSeconds();
    const passed = seconds - this.mark.seconds;
    if (passed < RATE_SECONDS) return;
    this.rate = (this.readings - this.mark.readings) / passed;
    this.mark = { readings: this.readings, seconds };
  }

  private become(state: InputState, reason: string | undefined, isLost: boolean): void {
    if (state === this.state && reason === this.reason && isLost === this.isLost) return;
    this.state = state;
    this.reason = reason;
    this.isLost = isLost;
    this.changed();
  }
}

function describeReading({ reading: { value, imag }, at }: { reading: Reading; at: Instant }) {
  const timestamp = formatTimestamp(at.wholeSeconds + at.fraction);
  return { value, ...(imag === undefined ? {} : { imag }), timestamp };
}
