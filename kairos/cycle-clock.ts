const PART_BITS = 10;
const PARTS = 4;

/**
 * Tells how far a steady frequency has turned at an instant, exactly, however late the instant.
 *
 * exp(i w t) loses 1e-6 at t = 1.8e9 s when w t is formed first. Here the whole cycles a second are dropped,
 * the rest of the frequency is cut into parts of 10 bits whose products with whole seconds are exact, and
 * each product is reduced modulo 1 before the next is added (kairos.md, preface).
 */
export class CycleClock {
  private readonly frequencyHz: number;
  private readonly parts = new Float64Array(PARTS);
  private readonly remainder: number;
  /** cos of the angle last turned to. */
  cosine = 1;
  /** sin of the angle last turned to. */
  sine = 0;
  private wholeSeconds = 0;
  private wholeCycles = 0;

  /** @param frequencyHz any finite number, negative too; the caller has checked it. */
  constructor(frequencyHz: number) {
    this.frequencyHz = frequencyHz;
    let rest = frequencyHz - Math.floor(frequencyHz);
    for (let part = 0; part < PARTS; part++) {
      const unit = 2 ** (-PART_BITS * (part + 1));
      this.parts[part] = Math.floor(rest / unit) * unit;
      rest %= unit;
    }
    this.remainder = rest;
  }

  /**
   * The cycles turned since the epoch, modulo 1.
   *
   * @param wholeSeconds integer Unix seconds, at most 2^43 in size.
   * @param fraction the rest of the second, in [0, 1).
   * @returns cycles in [0, 1].
   */
  at(wholeSeconds: number, fraction: number): number {
    // Most readings fall into the same second as the last one.
    if (wholeSeconds !== this.wholeSeconds) this.enterSecond(wholeSeconds);
    const cycles = this.wholeCycles + this.frequencyHz * fraction;
    return cycles - Math.floor(cycles);
  }

  /**
   * Leaves cos and sin of a number of cycles in `cosine` and `sine`, without allocation.
   *
   * @param cycles any finite number; only what is beyond whole cycles counts.
   */
  turnTo(cycles: number): void {
    // Within an eighth of a turn of 0 both functions are three times as fast, and rounding is least.
    const quarters = Math.round(4 * cycles);
    const angleRad = 2 * Math.PI * (cycles - quarters / 4);
    const cosine = Math.cos(angleRad);
    const sine = Math.sin(angleRad);
    const quadrant = quarters & 3;
    const isTurned = (quadrant & 1) === 1;
    const sign = quadrant < 2 ? 1 : -1;
    this.cosine = isTurned ? -sign * sine : sign * cosine;
    this.sine = isTurned ? sign * cosine : sign * sine;
  }

  private enterSecond(wholeSeconds: number): void {
    let cycles = wholeSeconds * this.remainder;
    for (const part of this.parts) {
      const product = wholeSeconds * part;
      cycles += product - Math.floor(product);
    }
    this.wholeSeconds = wholeSeconds;
    this.wholeCycles = cycles - Math.floor(cycles);
  }
}
