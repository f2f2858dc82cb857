import type { Clock } from '../../contract/clock.js';
import { type Instant, instantFromSeconds } from '../../contract/instant.js';

/** How slowly the count of samples is drawn to the clock: at 100 ppm between the two it stays 0.5 ms behind. */
const FOLLOW_SECONDS = 5;
/** So far behind, samples were lost or the source paused. */
const GAP_SECONDS = 0.5;
/** So far ahead, it is no live source; one of twice the rate gets 2.5 s ahead before it is drawn back as fast. */
const FLOOD_SECONDS = 2;

/**
 * Tells when each sample was taken, though samples arrive in bursts.
 *
 * The count of samples is drawn to the monotonic clock, by the share of 5 s that each burst lasts, which is spread
 * evenly over its samples. So neither bursts nor a late reader show, and a sound card that counts a little fast or
 * slow does not drift away. After a gap the count starts from the clock. Time never goes back, and a wall clock that
 * is set changes nothing, as with the arrivals of other inputs.
 */
export class SampleClock {
  private readonly clock: Clock;
  private readonly rateHz: number;
  private readonly anchor: Instant;
  private readonly anchorMonotonic: number;
  /** When the newest sample was taken, since the anchor. */
  private newestSeconds = Number.NEGATIVE_INFINITY;
  /** Between two samples of the last burst. */
  private sampleSeconds: number;

  constructor(clock: Clock, rateHz: number) {
    this.clock = clock;
    this.rateHz = rateHz;
    this.sampleSeconds = 1 / rateHz;
    this.anchor = instantFromSeconds(clock.nowSeconds());
    this.anchorMonotonic = clock.monotonicSeconds();
  }

  /**
   * Counts samples that arrive now.
   *
   * @throws RangeError when so many came that they cannot have been taken since the start.
   */
  arrive(samples: number): void {
    if (samples === 0) return;
    const nowSeconds = this.clock.monotonicSeconds() - this.anchorMonotonic;
    const burstSeconds = samples / this.rateHz;
    const behindSeconds = nowSeconds - (this.newestSeconds + burstSeconds);
    if (behindSeconds < -FLOOD_SECONDS) throw new RangeError(floodSentence(this.rateHz));
    const drawnSeconds =
      behindSeconds > GAP_SECONDS ? 0 : behindSeconds * Math.min(1, burstSeconds / FOLLOW_SECONDS);
    this.newestSeconds =
      behindSeconds > GAP_SECONDS ? nowSeconds : this.newestSeconds + burstSeconds + drawnSeconds;
    this.sampleSeconds = (burstSeconds + drawnSeconds) / samples;
  }

  /** When a sample of the last burst was taken, by how many came after it. */
  instantOf(samplesAfter: number): Instant {
    const seconds = this.anchor.fraction + this.newestSeconds - samplesAfter * this.sampleSeconds;
    const wholeSeconds = Math.floor(seconds);
    return { wholeSeconds: this.anchor.wholeSeconds + wholeSeconds, fraction: seconds - wholeSeconds };
  }
}

function floodSentence(rateHz: number): string {
  return `found more than ${rateHz} samples a second, expected sound as it is heard: a file wants format: file, a card of another rate plug before its name`;
}
