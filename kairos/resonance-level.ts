import { LAGS_A_LEVEL } from './lag-ladder.js';

/** A velocity that moves phi by no more than this in a step stands still. */
const STILL = 1e-6;
/** Below this product of powers there is no movement to compare. */
const NO_POWER = 1e-30;
/**
 * What is left of a signal that stands still is dropped here, long before it turns into slow denormal
 * numbers.
 */
const DEAD = 1e-100;
/** It is looked for once in so many velocities. */
const SWEEP = 1024;

// Cells of each lag: N, P, n1 and n2 of the text. Its Q and n0 are sums that do not depend on the lag but for
// being m steps old, so the past holds them for all lags at once.
const N_REAL = 0;
const N_IMAG = 1;
const P = 2;
const N1 = 3;
const N2 = 4;
const LAG_CELLS = 5;

// Cells of each past velocity: it, the leaky sum of |v|^2 and the leaky count up to it, and g for it alone.
const REAL = 0;
const IMAG = 1;
const Q = 2;
const N0 = 3;
const MOVED = 4;
const PAST_CELLS = 5;
const PAST_MASK = LAGS_A_LEVEL - 1;

/** What goes up the ladder, written in place because numbers handed over would be allocated. */
export const VELOCITY_REAL = 0;
export const VELOCITY_IMAG = 1;
/** exp(i omega s), s the stamp of the velocity. */
export const ROTATION_REAL = 2;
export const ROTATION_IMAG = 3;
export const CARRIED_CELLS = 4;

/** What a level knows of one of its lags. */
export interface LagMeasure {
  real: number;
  imag: number;
  power: number;
  effective: number;
  /** Whether at least half of the pairs compared moved: n1 >= n0/2. */
  isMoving: boolean;
}

/**
 * One level of the resonance ladder: velocities of one step length, and what they say at up to 15 lags of it
 * (kairos.md, section 4).
 */
export class ResonanceLevel {
  private readonly firstLag: number;
  private readonly stillPower: number;
  private readonly decay: number;
  private readonly lags = new Float64Array(LAGS_A_LEVEL * LAG_CELLS);
  private readonly past = new Float64Array(LAGS_A_LEVEL * PAST_CELLS);
  private count = 0;

  /**
   * @param firstLag the shortest lag, in steps.
   * @param stepSeconds d, the length of a step.
   * @param windowSeconds how long the past counts.
   */
  constructor(firstLag: number, stepSeconds: number, windowSeconds: number) {
    this.firstLag = firstLag;
    this.stillPower = (STILL / stepSeconds) ** 2;
    this.decay = Math.exp(-stepSeconds / windowSeconds);
  }

  /** Forgets every velocity. */
  reset(): void {
    this.lags.fill(0);
    this.past.fill(0);
    this.count = 0;
  }

  /**
   * Takes the next velocity.
   *
   * @param carried the velocity and the rotation of its stamp; the velocity becomes that of the level above.
   * @returns whether it was the second of a pair, so that the level above has a velocity.
   */
  absorb(carried: Float64Array): boolean {
    const real = carried[VELOCITY_REAL] as number;
    const imag = carried[VELOCITY_IMAG] as number;
    const now = (this.count & PAST_MASK) * PAST_CELLS;
    const before = ((this.count - 1) & PAST_MASK) * PAST_CELLS;
    const { past, decay } = this;
    const power = real * real + imag * imag;
    past[now + REAL] = real;
    past[now + IMAG] = imag;
    past[now + Q] = decay * (past[before + Q] as number) + power;
    past[now + N0] = decay * (past[before + N0] as number) + 1;
    past[now + MOVED] = power > this.stillPower ? 1 : 0;
    this.correlate(carried[ROTATION_REAL] as number, carried[ROTATION_IMAG] as number, now, power);
    if (past[now + MOVED] === 0 && this.count % SWEEP === 0) this.dropTheDead();
    this.count++;
    if (this.count % 2 === 1) return false;
    carried[VELOCITY_REAL] = ((past[before + REAL] as number) + real) / 2;
    carried[VELOCITY_IMAG] = ((past[before + IMAG] as number) + imag) / 2;
    return true;
  }

  /** Writes T, |T|^2 and n_eff of a lag, in steps, into `out`. */
  measure(lag: number, out: LagMeasure): void {
    const at = lag * LAG_CELLS;
    const then = ((this.count - 1 - lag) & PAST_MASK) * PAST_CELLS;
    // Before the first pair the past holds another lag's, but P and n1 are still 0.
    const q = this.past[then + Q] as number;
    const n0 = this.past[then + N0] as number;
    const n1 = this.lags[at + N1] as number;
    const n2 = this.lags[at + N2] as number;
    const product = (this.lags[at + P] as number) * q;
    const scale = product < NO_POWER ? 0 : 1 / Math.sqrt(product);
    const real = (this.lags[at + N_REAL] as number) * scale;
    const imag = (this.lags[at + N_IMAG] as number) * scale;
    const power = real * real + imag * imag;
    // Cauchy and Schwarz hold but for rounding.
    const limit = power > 1 ? 1 / Math.sqrt(power) : 1;
    out.real = real * limit;
    out.imag = imag * limit;
    out.power = Math.min(1, power);
    out.effective = n2 === 0 ? 0 : (n1 * n1) / n2;
    out.isMoving = n1 >= n0 / 2;
  }

  private correlate(rotationReal: number, rotationImag: number, now: number, power: number): void {
    const { past, lags, decay, count } = this;
    const real = past[now + REAL] as number;
    const imag = past[now + IMAG] as number;
    const moved = past[now + MOVED] as number;
    const turnedReal = real * rotationReal - imag * rotationImag;
    const turnedImag = real * rotationImag + imag * rotationReal;
    const decaySquared = decay * decay;
    const last = Math.min(LAGS_A_LEVEL - 1, count);
    for (let lag = this.firstLag; lag <= last; lag++) {
      const then = ((count - lag) & PAST_MASK) * PAST_CELLS;
      const at = lag * LAG_CELLS;
      const thenReal = past[then + REAL] as number;
      const thenImag = past[then + IMAG] as number;
      const both = moved * (past[then + MOVED] as number);
      lags[at + N_REAL] =
        decay * (lags[at + N_REAL] as number) + (turnedReal * thenReal + turnedImag * thenImag);
      lags[at + N_IMAG] =
        decay * (lags[at + N_IMAG] as number) + (turnedImag * thenReal - turnedReal * thenImag);
      lags[at + P] = decay * (lags[at + P] as number) + power;
      lags[at + N1] = decay * (lags[at + N1] as number) + both;
      lags[at + N2] = decaySquared * (lags[at + N2] as number) + both;
    }
  }

  private dropTheDead(): void {
    for (const cells of [this.lags, this.past]) {
      for (let at = 0; at < cells.length; at++) {
        if (Math.abs(cells[at] as number) < DEAD) cells[at] = 0;
      }
    }
  }
}
