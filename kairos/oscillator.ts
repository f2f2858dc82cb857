/** A node's own oscillator. */
export interface OscillatorOptions {
  /** f, its natural frequency, hertz, any finite number. */
  readonly frequencyHz: number;
  /** K, how strongly it follows the mesh, rad/s, any finite number; negative flees it. */
  readonly coupling: number;
  /** Where it starts, radians; default 0. */
  readonly phaseRad?: number;
}

/** What may change at run time. */
export type OscillatorChange = Partial<Pick<OscillatorOptions, 'frequencyHz' | 'coupling'>>;

/**
 * The mesh's frequency is learnt over about this long, so that one wild angle of a weak mesh does not count.
 */
const FREQUENCY_MEMORY_SECONDS = 1;
/** Messages nearer than this say nothing about a frequency. */
const SHORTEST_SPAN_SECONDS = 1e-3;
/** An order this weak has no angle. */
const NO_ORDER = 1e-6;
const TURN = 2 * Math.PI;

/**
 * A Kuramoto oscillator: theta' = 2 pi f + K r sin(psi - theta), with (r, psi) from the latest mesh message.
 *
 * Between messages psi moves on by the mesh's own frequency, learnt from successive messages (the nearest to
 * what was expected among those that fit, at first its own), since a psi held for 0.1 s loses the lock above
 * 1 Hz. A step of any length is exact: relative to psi the equation is a Riccati one, whose solution is a
 * Moebius map of the circle.
 *
 * @see Kuramoto (1975); Strogatz (2000), Physica D 143, 1-20; Marvel, Mirollo, Strogatz (2009), Chaos 19,
 *   043104 on the Moebius map; kairos.md, section 6.
 */
export class Oscillator {
  private omega = 0;
  private coupling = 0;
  private theta: number;
  private magnitude = 0;
  private psi = 0;
  private meshOmega: number;
  private sinceMessageSeconds = 0;
  private hasAngle = false;

  /** @throws RangeError when an option is not a finite number. */
  constructor(options: OscillatorOptions) {
    const { phaseRad = 0 } = options;
    if (!Number.isFinite(phaseRad)) {
      throw new RangeError(`a phase of ${phaseRad} rad is none; it must be a finite number`);
    }
    this.retune(options);
    this.theta = wrap(phaseRad);
    this.meshOmega = this.omega;
  }

  /** theta in [-pi, pi]. */
  get phaseRad(): number {
    return this.theta;
  }

  /** Real part of the node's phase, exp(i theta). */
  get real(): number {
    return Math.cos(this.theta);
  }

  /** Imaginary part of the node's phase. */
  get imag(): number {
    return Math.sin(this.theta);
  }

  /** The mesh's own frequency as learnt so far, hertz; its own natural one before two messages. */
  get meshFrequencyHz(): number {
    return this.meshOmega / TURN;
  }

  /**
   * Changes frequency, coupling or both, from the next step on.
   *
   * @throws RangeError when one is not a finite number; both then stay.
   */
  retune(change: OscillatorChange): void {
    const { frequencyHz = this.omega / TURN, coupling = this.coupling } = change;
    if (!Number.isFinite(frequencyHz) || !Number.isFinite(coupling)) {
      throw new RangeError(
        `a frequency of ${frequencyHz} Hz with a coupling of ${coupling} rad/s is none; both must be finite numbers`,
      );
    }
    this.omega = TURN * frequencyHz;
    this.coupling = coupling;
  }

  /**
   * Takes a message of the mesh.
   *
   * @param magnitude order r in [0, 1].
   * @param angleRad its angle psi, radians.
   * @param ageSeconds how long ago that was so, seconds; default 0. Negative ages count as 0.
   * @returns false, and nothing changes, when a number is not finite or r is not in [0, 1].
   */
  observe(magnitude: number, angleRad: number, ageSeconds = 0): boolean {
    if (!(magnitude >= 0 && magnitude <= 1) || !Number.isFinite(angleRad + ageSeconds)) return false;
    this.magnitude = magnitude <= NO_ORDER ? 0 : magnitude;
    if (this.magnitude === 0) {
      this.hasAngle = false;
      return true;
    }
    const age = Math.max(0, ageSeconds);
    const spanSeconds = this.sinceMessageSeconds - age;
    if (this.hasAngle && spanSeconds >= SHORTEST_SPAN_SECONDS) {
      // psi has been moved on to the present; how far it would have been off then is what the frequency was
      // off.
      const errorRad = wrap(angleRad + this.meshOmega * age - this.psi);
      this.meshOmega -= (Math.expm1(-spanSeconds / FREQUENCY_MEMORY_SECONDS) * errorRad) / spanSeconds;
    }
    this.psi = wrap(angleRad + this.meshOmega * age);
    this.sinceMessageSeconds = age;
    this.hasAngle = true;
    return true;
  }

  /**
   * Lets time pass; exact for steps of any length.
   *
   * @param dtSeconds >= 0.
   * @returns false, and nothing changes, when it is not.
   */
  advance(dtSeconds: number): boolean {
    if (!(dtSeconds >= 0) || !Number.isFinite(dtSeconds)) return false;
    const detuning = this.omega - this.meshOmega;
    const offsetRad = drift(this.theta - this.psi, detuning, this.coupling * this.magnitude, dtSeconds);
    this.psi = wrap(this.psi + this.meshOmega * dtSeconds);
    this.theta = wrap(this.psi + offsetRad);
    this.sinceMessageSeconds += dtSeconds;
    return true;
  }
}

/**
 * Solves delta' = a - b sin(delta) over a time t.
 *
 * With w = exp(i delta) this is w' = b/2 + i a w - (b/2) w^2; w = p/q makes it linear, (p, q)' = M (p, q)
 * with M = [[i a/2, b/2], [b/2, -i a/2]] and M^2 = (b^2 - a^2)/4, so that exp(M t) = cosh(k t) + M sinh(k
 * t)/k.
 */
function drift(deltaRad: number, a: number, b: number, t: number): number {
  const square = (b * b - a * a) / 4;
  const k = Math.sqrt(Math.abs(square));
  // Both divided by cosh(k t), which would overflow and does not matter to p/q.
  const c = square < 0 ? Math.cos(k * t) : 1;
  let s = t;
  if (k > 0) s = square < 0 ? Math.sin(k * t) / k : Math.tanh(k * t) / k;
  const real = Math.cos(deltaRad);
  const imag = Math.sin(deltaRad);
  const half = s / 2;
  // p = (c + i a s/2) w + b s/2. q is the conjugate of p times w, because the circle maps to the circle: arg
  // p/q follows.
  const pReal = c * real - half * a * imag + half * b;
  const pImag = c * imag + half * a * real;
  const qReal = half * b * real + c;
  const qImag = half * b * imag - half * a;
  return Math.atan2(pImag * qReal - pReal * qImag, pReal * qReal + pImag * qImag);
}

/** An angle brought into [-pi, pi]. */
function wrap(angleRad: number): number {
  return angleRad - TURN * Math.round(angleRad / TURN);
}
