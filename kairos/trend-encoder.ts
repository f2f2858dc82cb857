import type { Encoder } from './encoder.js';
import { createDisciplinedEncoder, type EncoderKernel, type Reading } from './encoder-discipline.js';

/** Over what times a trend is judged, in seconds. */
export interface TrendOptions {
  /** Over which the rate of change is smoothed; > 0. */
  readonly tauBaseSeconds: number;
  /** Over which the signal's own mean and spread are learnt; > 0, default 20 tau_base and at least 20 s. */
  readonly memorySeconds?: number;
}

/** A trend encoder, whose times may change while it runs. */
export interface TrendEncoder extends Encoder {
  /**
   * Changes the times from the next reading on; what was learnt stays.
   *
   * @throws RangeError as `createTrendEncoder` does; the encoder then keeps its times.
   */
  retune(options: TrendOptions): void;
}

/**
 * Encodes where a signal without a known rhythm stands in its own ups and downs: the phase plane of the
 * signal.
 *
 * z = (u/sqrt(s) - i d/sqrt(q))/sqrt(2), u the deviation from the mean, d the smoothed rate, s and q their
 * mean squares; a slow cosine turns as exp(i w t), and two sensors that rise and fall together have equal
 * angles.
 *
 * @param options times in seconds, > 0.
 * @throws RangeError when a time is not a positive finite number.
 * @see Pikovsky, Rosenblum, Kurths (2001), Synchronization, on protophases; kairos.md, section 2b.
 */
export function createTrendEncoder(options: TrendOptions): TrendEncoder {
  const kernel = new TrendKernel(options);
  return Object.assign(createDisciplinedEncoder('trend', kernel), {
    retune: (next: TrendOptions): void => kernel.retune(next),
  });
}

function requireTime(name: string, seconds: number): number {
  if (seconds > 0 && Number.isFinite(seconds)) return seconds;
  throw new RangeError(
    `a trend's ${name} of ${seconds} s is no time; it must be a number of seconds above 0`,
  );
}

class TrendKernel implements EncoderKernel {
  readonly usesImag = false;
  readonly hasSums = true;
  private tauBaseSeconds = 1;
  private memorySeconds = 1;
  private previous = 0;
  private deviation = 0;
  private deviationPower = 0;
  private rate = 0;
  private ratePower = 0;

  constructor(options: TrendOptions) {
    this.retune(options);
  }

  retune(options: TrendOptions): void {
    const tauBaseSeconds = requireTime('tau_base', options.tauBaseSeconds);
    this.memorySeconds = requireTime('memory', options.memorySeconds ?? Math.max(20, 20 * tauBaseSeconds));
    this.tauBaseSeconds = tauBaseSeconds;
  }

  start(reading: Reading): void {
    this.previous = reading.real;
    this.deviation = 0;
    this.deviationPower = 0;
    this.rate = 0;
    this.ratePower = 0;
    reading.phaseReal = 0;
    reading.phaseImag = 0;
  }

  step(reading: Reading): void {
    const { dtSeconds } = reading;
    const change = reading.real - this.previous;
    this.previous = reading.real;
    const share = -Math.expm1(-dtSeconds / this.memorySeconds);
    // The text's m += A (x - m), u = x - m, without m: a mean stops moving at its last bit, and a frozen
    // sensor would then keep a deviation of rounding alone, which the division by its own size makes a phase
    // of.
    this.deviation = (1 - share) * (this.deviation + change);
    this.deviationPower += share * (this.deviation * this.deviation - this.deviationPower);
    this.rate -= Math.expm1(-dtSeconds / this.tauBaseSeconds) * (change / dtSeconds - this.rate);
    this.ratePower += share * (this.rate * this.rate - this.ratePower);
    reading.phaseReal =
      this.deviationPower === 0 ? 0 : (this.deviation / Math.sqrt(this.deviationPower)) * Math.SQRT1_2;
    reading.phaseImag = this.ratePower === 0 ? 0 : (-this.rate / Math.sqrt(this.ratePower)) * Math.SQRT1_2;
  }
}
