/** When two nodes are a WE. */
export interface WeBondOptions {
  /** tau_we, how long a step counts, seconds > 0; default 10. */
  readonly tauWeSeconds?: number;
  /** threshold_we, which strength must be above, in [0, 1]; default 0.75. */
  readonly strengthThreshold?: number;
  /** The mesh's threshold, which both coherences must be above, in [0, 1]; default 0.75. */
  readonly coherenceThreshold?: number;
}

/** One of the two nodes at a step. */
export interface WePartner {
  /** Real part of its local phase z, |z| <= 1. */
  readonly real: number;
  /** Imaginary part of its local phase. */
  readonly imag: number;
  /** In [0, 1]. */
  readonly coherence: number;
}

/** A phase this small has no direction, as in the order of a mesh. */
const NO_DIRECTION = 1e-12;
/** A spread this small is none: the node stands still. */
const NO_SPREAD = 1e-6;
/** A bond is not judged before this many tau_we. */
const FEWEST_TAUS = 2;

// The leaky means, complex: of u_a conj(u_b), of u_a and of u_b.
const BOND = 0;
const A = 2;
const B = 4;

/**
 * The bond of two nodes that carry angles: the leaky mean of u_a conj(u_b), u = z/|z|.
 *
 * `strength` is the phase-locking value; two nodes that merely stand still have strength 1 too, so that the
 * centred strength, what their movements alone share, stands beside it.
 *
 * @see seed, `W_a <-> W_b -> W_WE`; Lachaux et al. (1999), Human Brain Mapping 8, 194-208; kairos.md, section
 *   8.
 */
export class WeBond {
  /** The mesh's threshold, which both coherences must be above, in [0, 1]; may change while it runs. */
  coherenceThreshold: number;
  private readonly means = new Float64Array(6);
  private readonly tauWeSeconds: number;
  private readonly strengthThreshold: number;
  private elapsedSeconds = 0;
  private started = false;
  private areCoherent = false;
  private real = 0;
  private imag = 0;

  /** @throws RangeError when an option is out of its range. */
  constructor(options: WeBondOptions = {}) {
    const { tauWeSeconds = 10, strengthThreshold = 0.75, coherenceThreshold = 0.75 } = options;
    if (!(tauWeSeconds > 0) || !Number.isFinite(tauWeSeconds)) {
      throw new RangeError(`a tau_we of ${tauWeSeconds} s is no time; it must be a number above 0`);
    }
    for (const threshold of [strengthThreshold, coherenceThreshold]) {
      if (threshold >= 0 && threshold <= 1) continue;
      throw new RangeError(`a threshold of ${threshold} is none; it must be from 0 to 1`);
    }
    this.tauWeSeconds = tauWeSeconds;
    this.strengthThreshold = strengthThreshold;
    this.coherenceThreshold = coherenceThreshold;
  }

  /** Real part of the bond B, |B| <= 1; 0 before the first step. */
  get bondReal(): number {
    return this.mean(BOND);
  }

  /** Imaginary part of the bond B. */
  get bondImag(): number {
    return this.mean(BOND + 1);
  }

  /** |B|, the phase-locking value, in [0, 1]. */
  get strength(): number {
    return Math.min(1, Math.hypot(this.bondReal, this.bondImag));
  }

  /** arg B in [-pi, pi], radians: how far a is ahead of b; meaningless near strength 0. */
  get lagRad(): number {
    return Math.atan2(this.bondImag, this.bondReal);
  }

  /** What the two share beyond standing where they stand, in [0, 1]; 0 where one of them stands still. */
  get centredStrength(): number {
    const spread = this.spread(A) * this.spread(B);
    if (spread === 0) return 0;
    const real = this.bondReal - (this.mean(A) * this.mean(B) + this.mean(A + 1) * this.mean(B + 1));
    const imag = this.bondImag - (this.mean(A + 1) * this.mean(B) - this.mean(A) * this.mean(B + 1));
    return Math.min(1, Math.hypot(real, imag) / spread);
  }

  /** Real part of the WE's phase, (z_a + z_b)/2. */
  get phaseReal(): number {
    return this.real;
  }

  /** Imaginary part of the WE's phase. */
  get phaseImag(): number {
    return this.imag;
  }

  /**
   * Whether the pair is a WE: not before 2 tau_we, while strength and both coherences are above their
   * thresholds.
   */
  get emerged(): boolean {
    const isJudged = this.elapsedSeconds >= FEWEST_TAUS * this.tauWeSeconds * (1 - 1e-9);
    return isJudged && this.areCoherent && this.strength > this.strengthThreshold;
  }

  /**
   * Takes the next step of the mesh; constant work, no allocation.
   *
   * The first step in which both have a direction initialises; later, a node without one lets the bond fade.
   *
   * @param dtSeconds seconds since the last step, >= 0; not looked at in the first.
   * @returns false, and nothing changes, when a number is not finite or dt is negative.
   */
  step(a: WePartner, b: WePartner, dtSeconds: number): boolean {
    const sum = a.real + a.imag + a.coherence + b.real + b.imag + b.coherence;
    if (!Number.isFinite(sum) || (this.started && !(dtSeconds >= 0))) return false;
    this.real = (a.real + b.real) / 2;
    this.imag = (a.imag + b.imag) / 2;
    this.areCoherent = a.coherence > this.coherenceThreshold && b.coherence > this.coherenceThreshold;
    const scaleA = directionScale(a);
    const scaleB = directionScale(b);
    if (!this.started && scaleA * scaleB === 0) return true;
    const share = this.started ? -Math.expm1(-dtSeconds / this.tauWeSeconds) : 1;
    if (this.started) this.elapsedSeconds += dtSeconds;
    this.started = true;
    this.learn(a.real * scaleA, a.imag * scaleA, b.real * scaleB, b.imag * scaleB, share);
    return true;
  }

  /** Forgets the bond; it has to last 2 tau_we again. */
  reset(): void {
    this.means.fill(0);
    this.elapsedSeconds = 0;
    this.started = false;
    this.areCoherent = false;
    this.real = 0;
    this.imag = 0;
  }

  private learn(aReal: number, aImag: number, bReal: number, bImag: number, share: number): void {
    this.leak(BOND, aReal * bReal + aImag * bImag, share);
    this.leak(BOND + 1, aImag * bReal - aReal * bImag, share);
    this.leak(A, aReal, share);
    this.leak(A + 1, aImag, share);
    this.leak(B, bReal, share);
    this.leak(B + 1, bImag, share);
  }

  private leak(at: number, value: number, share: number): void {
    const mean = this.mean(at);
    this.means[at] = mean + share * (value - mean);
  }

  private mean(at: number): number {
    return this.means[at] as number;
  }

  private spread(at: number): number {
    const spread = Math.sqrt(Math.max(0, 1 - this.mean(at) ** 2 - this.mean(at + 1) ** 2));
    return spread < NO_SPREAD ? 0 : spread;
  }
}

function directionScale(node: WePartner): number {
  const magnitude = Math.sqrt(node.real * node.real + node.imag * node.imag);
  return magnitude > NO_DIRECTION ? 1 / magnitude : 0;
}
