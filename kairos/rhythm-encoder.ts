import { CycleClock } from './cycle-clock.js';
import type { Encoder } from './encoder.js';
import { createDisciplinedEncoder, type EncoderKernel, type Reading } from './encoder-discipline.js';

/** The rhythm to follow and how sharply, both in hertz. */
export interface RhythmOptions {
  /** > 0. */
  readonly frequencyHz: number;
  /** > 0 and at most the frequency: a wider band would reach over zero to the mirrored rhythm. */
  readonly bandwidthHz: number;
}

/** The mean is learnt over this many periods of the rhythm. */
const MEAN_PERIODS = 10;

/**
 * Encodes a rhythm by complex demodulation: |z| is the rhythm's share of the signal, arg z where in the
 * rhythm it is.
 *
 * A steady A cos(w t + theta) gives z -> exp(i (theta + atan(1/(20 pi)))) with ripple b/(2f). Readings more
 * than half a period apart start the encoder (and only it) afresh.
 *
 * @param options hertz.
 * @throws RangeError when the frequency is not a positive finite number, or the bandwidth not above 0 and at
 *   most it.
 * @see kairos.md, section 2.
 */
export function createRhythmEncoder(options: RhythmOptions): Encoder {
  const { frequencyHz, bandwidthHz } = options;
  if (!(frequencyHz > 0) || !Number.isFinite(frequencyHz)) {
    throw new RangeError(`a frequency of ${frequencyHz} Hz is no rhythm; it must be a number above 0`);
  }
  if (!(bandwidthHz > 0 && bandwidthHz <= frequencyHz)) {
    throw new RangeError(
      `a bandwidth of ${bandwidthHz} Hz does not fit a frequency of ${frequencyHz} Hz; it must be above 0 and at most the frequency`,
    );
  }
  return createDisciplinedEncoder('rhythm', new RhythmKernel(frequencyHz, bandwidthHz));
}

class RhythmKernel implements EncoderKernel {
  readonly usesImag = false;
  readonly hasSums = true;
  private readonly clock: CycleClock;
  private readonly meanRate: number;
  private readonly bandRate: number;
  private readonly longestGapSeconds: number;
  private previous = 0;
  private deviation = 0;
  private bandReal = 0;
  private bandImag = 0;
  private power = 0;

  constructor(frequencyHz: number, bandwidthHz: number) {
    this.clock = new CycleClock(frequencyHz);
    this.meanRate = frequencyHz / MEAN_PERIODS;
    this.bandRate = 2 * Math.PI * bandwidthHz;
    this.longestGapSeconds = 1 / (2 * frequencyHz);
  }

  start(reading: Reading): void {
    this.previous = reading.real;
    this.deviation = 0;
    this.bandReal = 0;
    this.bandImag = 0;
    this.power = 0;
    reading.phaseReal = 0;
    reading.phaseImag = 0;
  }

  step(reading: Reading): void {
    const { dtSeconds } = reading;
    if (dtSeconds > this.longestGapSeconds) {
      this.start(reading);
      return;
    }
    // The deviation from the mean without the mean, as in the trend encoder: it then really dies out when x
    // stands still.
    const u = Math.exp(-dtSeconds * this.meanRate) * (this.deviation + (reading.real - this.previous));
    this.previous = reading.real;
    this.deviation = u;
    const share = -Math.expm1(-dtSeconds * this.bandRate);
    const { clock } = this;
    clock.turnTo(clock.at(reading.wholeSeconds, reading.fraction));
    this.bandReal += share * (2 * u * clock.cosine - this.bandReal);
    this.bandImag += share * (-2 * u * clock.sine - this.bandImag);
    this.power += share * (2 * u * u - this.power);
    const scale = this.power === 0 ? 0 : 1 / Math.sqrt(this.power);
    reading.phaseReal = this.bandReal * scale;
    reading.phaseImag = this.bandImag * scale;
  }
}
