/** How long a reading of the offset counts at least, and how finely it is forgotten. */
const BUCKET_SECONDS = 10;
/**
 * Six full buckets and the one that fills: what arrived within the last minute counts, nothing older than 70
 * s does.
 */
const BUCKETS = 7;

/**
 * Estimates how far a node's clock is behind this one, by its fastest message of the last minute.
 *
 * arrival - timestamp is the offset plus the delay on the way; the smallest holds the least delay. Constant
 * memory, no allocation an update.
 *
 * @see Paxson (1998), on minimum filtering of one-way delays; kairos.md, section 9.
 */
export class ClockOffset {
  /** First the smallest offset of each bucket, then which ten seconds the bucket holds. */
  private readonly buckets = new Float64Array(2 * BUCKETS).fill(Number.NaN);

  /**
   * Takes one message.
   *
   * @param offsetSeconds arrival minus timestamp; the caller forms it from whole seconds and fractions apart.
   * @param nowSeconds the worker's monotonic clock, seconds; never the node's.
   */
  update(offsetSeconds: number, nowSeconds: number): void {
    if (!Number.isFinite(offsetSeconds)) return;
    const decade = Math.floor(nowSeconds / BUCKET_SECONDS);
    const at = ((decade % BUCKETS) + BUCKETS) % BUCKETS;
    const smallest = this.buckets[at] as number;
    if (this.buckets[BUCKETS + at] === decade && smallest <= offsetSeconds) return;
    this.buckets[at] = offsetSeconds;
    this.buckets[BUCKETS + at] = decade;
  }

  /**
   * The offset: seconds that this clock is ahead of the node's, the least delay included.
   *
   * @param nowSeconds as in `update`.
   * @returns null when no message came within the last minute.
   */
  offsetSeconds(nowSeconds: number): number | null {
    const decade = Math.floor(nowSeconds / BUCKET_SECONDS);
    let smallest = Number.POSITIVE_INFINITY;
    for (let at = 0; at < BUCKETS; at++) {
      const isRecent = (this.buckets[BUCKETS + at] as number) > decade - BUCKETS;
      if (isRecent) smallest = Math.min(smallest, this.buckets[at] as number);
    }
    return smallest === Number.POSITIVE_INFINITY ? null : smallest;
  }

  /** Forgets every message. */
  reset(): void {
    this.buckets.fill(Number.NaN);
  }
}
