/**
 * How fast a node's own phase follows its encoders: a time constant in seconds (> 0), or a constant share in
 * (0, 1].
 */
export type LocalPhaseOptions =
  | { readonly tauBaseSeconds: number }
  | {
      /**
       * The share of each update taken over, whatever the time between them; 1 follows at once, as an
       * oscillator does.
       */
      readonly alpha: number;
    };

/** A node's own phase, a leaky mean of its encoders' phases, and how steady it is. */
export interface LocalPhase {
  /** Real part of the local phase, in [-1, 1]; 0 before the first update. */
  readonly real: number;
  /** Imaginary part of the local phase, in [-1, 1]; 0 before the first update. */
  readonly imag: number;
  /** |local|, in [0, 1]: angles are steady against the clock, or a level is high in its range. */
  readonly coherence: number;
  /**
   * Takes the next phase; the first one initialises.
   *
   * @param real real part of z, |z| <= 1.
   * @param imag imaginary part of z.
   * @param dtSeconds >= 0, seconds since the last update; 0 changes nothing unless alpha is constant.
   * @returns false, and nothing changes, when a number is not finite or time ran backwards.
   */
  update(real: number, imag: number, dtSeconds: number): boolean;
  /**
   * Follows faster or slower from the next update on; the phase stays.
   *
   * @throws RangeError as `createLocalPhase` does; the old speed then stays.
   */
  retune(options: LocalPhaseOptions): void;
  /** Forgets the phase; the next update initialises. */
  reset(): void;
}

/**
 * Creates the leaky mean local += alpha (z - local), alpha = 1 - exp(-dt/tau_base) or constant.
 *
 * On unit circles its coherence is the mean resultant length; a pure rotation at W rad/s has 1/sqrt(1 + (W
 * tau_base)^2).
 *
 * @param options tau_base in seconds, > 0; or alpha in (0, 1].
 * @throws RangeError when that is not so.
 * @see seed, step 1 `compute_local_coherence`; kairos.md, section 3.
 */
export function createLocalPhase(options: LocalPhaseOptions): LocalPhase {
  return new LeakyPhase(options);
}

class LeakyPhase implements LocalPhase {
  real = 0;
  imag = 0;
  private started = false;
  private tauBaseSeconds = 1;
  private alpha = 0;

  constructor(options: LocalPhaseOptions) {
    this.retune(options);
  }

  get coherence(): number {
    return Math.min(1, Math.sqrt(this.real * this.real + this.imag * this.imag));
  }

  update(real: number, imag: number, dtSeconds: number): boolean {
    if (!Number.isFinite(real + imag) || !(dtSeconds >= 0)) return false;
    let share = 1;
    if (this.started) share = this.alpha > 0 ? this.alpha : -Math.expm1(-dtSeconds / this.tauBaseSeconds);
    this.started = true;
    this.real += share * (real - this.real);
    this.imag += share * (imag - this.imag);
    return true;
  }

  retune(options: LocalPhaseOptions): void {
    if ('alpha' in options) {
      if (!(options.alpha > 0 && options.alpha <= 1)) {
        throw new RangeError(`an alpha of ${options.alpha} is no share; it must be above 0 and at most 1`);
      }
      this.alpha = options.alpha;
      return;
    }
    if (!(options.tauBaseSeconds > 0) || !Number.isFinite(options.tauBaseSeconds)) {
      throw new RangeError(
        `a tau_base of ${options.tauBaseSeconds} s is no time; it must be a number above 0`,
      );
    }
    this.tauBaseSeconds = options.tauBaseSeconds;
    this.alpha = 0;
  }

  reset(): void {
    this.started = false;
    this.real = 0;
    this.imag = 0;
  }
}
