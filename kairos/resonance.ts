import { CycleClock } from './cycle-clock.js';
import { createLagLadder, isAtLeast, LAGS_A_LEVEL, type LagLadder } from './lag-ladder.js';
import {
  CARRIED_CELLS,
  type LagMeasure,
  ResonanceLevel,
  ROTATION_IMAG,
  ROTATION_REAL,
  VELOCITY_IMAG,
  VELOCITY_REAL,
} from './resonance-level.js';

/** What to look for repetition in, and over what times. */
export interface ResonanceOptions {
  /** dt, the period of the uniform grid, seconds > 0. */
  readonly periodSeconds: number;
  /** The shortest lag that may be the node's resonance, seconds > 0 and at most tau_max. */
  readonly tauBaseSeconds: number;
  /** The longest lag of interest, seconds, at least the period. */
  readonly tauMaxSeconds: number;
  /** How long the past counts, seconds > 0; default 2 tau_max. */
  readonly windowSeconds?: number;
  /** The seed's omega, rad/s, any finite number; default 0, the autocorrelation of phase velocity. */
  readonly omega?: number;
  /** I_c, in (0, 1]: the node is collapsed where |T|^2 reaches it; default 0.8. */
  readonly collapse?: number;
}

/** A lag needs this many independent pairs behind it. */
const FEWEST_PAIRS = 16;
/** Powers this near are a tie, and the smallest lag wins. */
const TIE = 1e-9;

/**
 * Estimates T_tau = integral of <phi'(t), phi'(t - tau)> exp(i omega t) dt on a multiple-tau ladder of lags.
 *
 * phi = exp(i W t) has |T| = 1 and arg T = W tau at omega = 0; a chirp exp(i k t^2/2) has its ridge at omega
 * = -k tau. Memory is constant and the work a sample too whatever tau_max, since level l works once in 2^l
 * samples.
 *
 * @see seed, `T_tau`; Woodward (1953) on the ambiguity function; Schaetzel (1990), Ramirez et al. (2010) on
 *   the ladder; kairos.md, section 4.
 */
export class Resonance {
  /** Shape [lags], ascending, seconds; it never changes. */
  readonly tauSeconds: Float64Array;
  /** Shape [lags], real part of T as of the last `measure`. */
  readonly real: Float64Array;
  /** Shape [lags], imaginary part of T. */
  readonly imag: Float64Array;
  /** Shape [lags], |T|^2 in [0, 1]. */
  readonly power: Float64Array;
  /** Shape [lags], n_eff >= 0: how many independent pairs of moving velocities stand behind T. */
  readonly effective: Float64Array;
  /** How long the past counts, seconds. */
  readonly windowSeconds: number;
  private readonly isMoving: Uint8Array;
  private readonly ladder: LagLadder;
  private readonly levels: readonly ResonanceLevel[];
  private readonly periodSeconds: number;
  private readonly tauMaxSeconds: number;
  private readonly clock: CycleClock | null;
  private readonly cyclesAStep: number;
  private readonly carried = new Float64Array(CARRIED_CELLS);
  private readonly lagMeasure: LagMeasure = { real: 0, imag: 0, power: 0, effective: 0, isMoving: false };
  private tauBaseSeconds = 0;
  private collapse = 1;
  private best = -1;
  private started = false;
  private steps = 0;
  private startCycles = 0;
  private lastReal = 0;
  private lastImag = 0;

  /** @throws RangeError when an option is out of its range, or tau_max is below the grid. */
  constructor(options: ResonanceOptions) {
    const { periodSeconds, tauMaxSeconds, windowSeconds = 2 * tauMaxSeconds, omega = 0 } = options;
    const ladder = createLagLadder(periodSeconds, tauMaxSeconds);
    requireWindowAndOmega(windowSeconds, omega);
    this.ladder = ladder;
    this.windowSeconds = windowSeconds;
    this.periodSeconds = periodSeconds;
    this.tauMaxSeconds = tauMaxSeconds;
    this.setTauBase(options.tauBaseSeconds);
    this.setCollapse(options.collapse ?? 0.8);
    const frequencyHz = omega / (2 * Math.PI);
    this.clock = omega === 0 ? null : new CycleClock(frequencyHz);
    this.cyclesAStep = frequencyHz * periodSeconds;
    this.carried[ROTATION_REAL] = 1;
    this.levels = Array.from(
      ladder.firstLag,
      (firstLag, level) => new ResonanceLevel(firstLag, periodSeconds * 2 ** level, windowSeconds),
    );
    this.tauSeconds = ladder.tauSeconds;
    this.real = new Float64Array(ladder.tauSeconds.length);
    this.imag = new Float64Array(ladder.tauSeconds.length);
    this.power = new Float64Array(ladder.tauSeconds.length);
    this.effective = new Float64Array(ladder.tauSeconds.length);
    this.isMoving = new Uint8Array(ladder.tauSeconds.length);
  }

  /**
   * Whether the node keeps its course or repeats itself: |T|^2 of its resonance reached I_c at the last
   * `measure`.
   */
  get collapsed(): boolean {
    return this.best >= 0 && (this.power[this.best] as number) >= this.collapse;
  }

  /**
   * Changes the shortest lag that may be the node's resonance, from the next `measure` on.
   *
   * @throws RangeError when it is not above 0 and at most tau_max.
   */
  setTauBase(seconds: number): void {
    if (!(seconds > 0) || !isAtLeast(this.tauMaxSeconds, seconds)) {
      throw new RangeError(
        `a tau_base of ${seconds} s is none; it must be above 0 and at most tau_max, ${this.tauMaxSeconds} s`,
      );
    }
    this.tauBaseSeconds = seconds;
  }

  /**
   * Changes I_c.
   *
   * @throws RangeError when it is not above 0 and at most 1.
   */
  setCollapse(power: number): void {
    if (!(power > 0 && power <= 1)) {
      throw new RangeError(`a collapse at ${power} is none; it must be above 0 and at most 1`);
    }
    this.collapse = power;
  }

  /**
   * Starts afresh; the next `push` is phi_0.
   *
   * @param wholeSeconds integer Unix seconds of phi_0; only omega asks for it.
   * @param fraction the rest of the second, in [0, 1).
   */
  start(wholeSeconds: number, fraction: number): void {
    for (const level of this.levels) level.reset();
    this.best = -1;
    this.started = false;
    this.steps = 0;
    this.startCycles = this.clock === null ? 0 : this.clock.at(wholeSeconds, fraction);
  }

  /**
   * Takes the next phi of the uniform grid; constant amortised work, no allocation.
   *
   * @param real real part of phi, |phi| <= 1.
   * @param imag imaginary part of phi.
   * @returns false, and nothing changes, when phi is not finite.
   */
  push(real: number, imag: number): boolean {
    if (!Number.isFinite(real + imag)) return false;
    this.carried[VELOCITY_REAL] = (real - this.lastReal) / this.periodSeconds;
    this.carried[VELOCITY_IMAG] = (imag - this.lastImag) / this.periodSeconds;
    this.lastReal = real;
    this.lastImag = imag;
    if (this.started) this.climb();
    this.started = true;
    return true;
  }

  /**
   * Brings the arrays up to date, at a cost of the number of lags.
   *
   * @returns the index of the node's resonance, the eligible lag of greatest |T|^2 and, at a tie, the
   *   smallest; -1 when no lag is eligible.
   */
  measure(): number {
    const { firstLag, offset } = this.ladder;
    for (const [level, estimates] of this.levels.entries()) {
      const first = firstLag[level] as number;
      for (let lag = first; lag < LAGS_A_LEVEL; lag++) {
        estimates.measure(lag, this.lagMeasure);
        this.record((offset[level] as number) + lag - first);
      }
    }
    this.best = this.choose();
    return this.best;
  }

  private climb(): void {
    this.steps++;
    if (this.clock !== null) this.turn(this.clock);
    const { levels, carried } = this;
    // A level that has only the first of a pair leaves those above it waiting.
    for (let level = 0; level < levels.length; level++) {
      if (!(levels[level] as ResonanceLevel).absorb(carried)) return;
    }
  }

  /** All levels that take a velocity now stamp it alike, so that one rotation serves them all. */
  private turn(clock: CycleClock): void {
    const cycles = this.startCycles + this.steps * this.cyclesAStep;
    clock.turnTo(cycles - Math.floor(cycles));
    this.carried[ROTATION_REAL] = clock.cosine;
    this.carried[ROTATION_IMAG] = clock.sine;
  }

  private record(at: number): void {
    this.real[at] = this.lagMeasure.real;
    this.imag[at] = this.lagMeasure.imag;
    this.power[at] = this.lagMeasure.power;
    this.effective[at] = this.lagMeasure.effective;
    this.isMoving[at] = this.lagMeasure.isMoving ? 1 : 0;
  }

  private choose(): number {
    let greatest = -1;
    for (let at = 0; at < this.power.length; at++) {
      if (this.isEligible(at)) greatest = Math.max(greatest, this.power[at] as number);
    }
    if (greatest < 0) return -1;
    for (let at = 0; at < this.power.length; at++) {
      if (this.isEligible(at) && (this.power[at] as number) >= greatest - TIE) return at;
    }
    return -1;
  }

  private isEligible(at: number): boolean {
    if ((this.effective[at] as number) < FEWEST_PAIRS || this.isMoving[at] === 0) return false;
    return isAtLeast(this.tauSeconds[at] as number, this.tauBaseSeconds);
  }
}

function requireWindowAndOmega(windowSeconds: number, omega: number): void {
  if (!(windowSeconds > 0) || !Number.isFinite(windowSeconds)) {
    throw new RangeError(`a window of ${windowSeconds} s is none; it must be a number above 0`);
  }
  if (!Number.isFinite(omega)) {
    throw new RangeError(`an omega of ${omega} rad/s is none; it must be a finite number`);
  }
}

/** One lag of a ladder as messages carry it, as of the last `measure`. */
export interface Lag {
  /** Seconds. */
  readonly tau: number;
  readonly real: number;
  readonly imag: number;
  /** |T|^2 in [0, 1]. */
  readonly power: number;
  readonly n_eff: number;
}

/** The whole ladder of a resonance as messages carry it, ascending. */
export function describeLags({ tauSeconds, real, imag, power, effective }: Resonance): Lag[] {
  return Array.from(tauSeconds, (tau, at) => ({
    tau,
    real: real[at] as number,
    imag: imag[at] as number,
    power: power[at] as number,
    n_eff: effective[at] as number,
  }));
}
