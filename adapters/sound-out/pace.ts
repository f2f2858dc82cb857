import type { Clock } from '../../contract/clock.js';

/** A device may hold so much at once when it is told to hold less. */
const LARGEST_DEVICE_SECONDS = 0.1;
/** The clock of a sound card and ours differ by less than this. */
const CLOCK_TOLERANCE = 0.001;

export interface PaceOptions {
  readonly rateHz: number;
  /** How much waits for it at any time. */
  readonly aheadSeconds: number;
  /** How much of what was missed is made up for; more than that is left out. */
  readonly catchUpSeconds: number;
  /** How much it may be given beyond what it was told to have taken; without end for one that does not tell. */
  readonly blindSeconds?: number;
}

/**
 * How much sound is due, so that little waits and none is missing.
 *
 * Sound is taken at the rate by our clock, counted from what was last told to have been taken: so a sound card whose
 * clock differs from ours, or that begins late, neither runs dry nor falls behind.
 */
export class Pace {
  private readonly clock: Clock;
  private readonly rateHz: number;
  private readonly aheadSamples: number;
  private readonly mostSamples: number;
  private readonly startSeconds: number;
  private readonly blindSamples: number;
  /** What is known to have been taken, and since when; what is left out counts as not taken yet. */
  private toldSeconds: number;
  private toldSamples = 0;
  private reportedSamples = 0;
  private givenSamples = 0;

  constructor(clock: Clock, options: PaceOptions) {
    const { rateHz, aheadSeconds, catchUpSeconds, blindSeconds = Number.POSITIVE_INFINITY } = options;
    this.clock = clock;
    this.rateHz = rateHz;
    this.aheadSamples = Math.round(aheadSeconds * rateHz);
    this.mostSamples = Math.max(1, Math.round(catchUpSeconds * rateHz));
    this.blindSamples = Math.round(blindSeconds * rateHz);
    this.startSeconds = clock.monotonicSeconds();
    this.toldSeconds = this.startSeconds;
  }

  /** Samples that should be given now. */
  get due(): number {
    const allowed = this.reportedSamples + this.blindSamples - this.givenSamples;
    return Math.max(0, Math.min(this.waitedFor, this.mostSamples, allowed));
  }

  give(samples: number): void {
    this.toldSamples -= Math.max(0, this.waitedFor - this.mostSamples);
    this.givenSamples += samples;
  }

  /**
   * It is told how many samples have been taken since the start. A device that takes all that it gets, as one that
   * plays into a file, is held to the rate.
   */
  tell(takenSamples: number): void {
    const nowSeconds = this.clock.monotonicSeconds();
    const mostSeconds = (nowSeconds - this.startSeconds) * (1 + CLOCK_TOLERANCE) + LARGEST_DEVICE_SECONDS;
    this.toldSamples = Math.min(takenSamples, mostSeconds * this.rateHz);
    this.toldSeconds = nowSeconds;
    this.reportedSamples = takenSamples;
  }

  /** Samples that are missing from what should wait, those included that are not made up for. */
  private get waitedFor(): number {
    const elapsedSeconds = this.clock.monotonicSeconds() - this.toldSeconds;
    // The sum of two times may fall short of a whole sample by a rounding.
    const takenSamples = Math.floor(this.toldSamples + elapsedSeconds * this.rateHz + 1e-6);
    return takenSamples + this.aheadSamples - this.givenSamples;
  }
}
