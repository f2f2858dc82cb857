/** How fast a self-model learns; kairos.md's values are the defaults. */
export interface WitnessOptions {
  /** mu in (0, 2): the share of an error corrected in a step; default 0.2. */
  readonly learningRate?: number;
  /** beta in (0, 1]: the share of a step in the mean errors behind surprise; default 0.05. */
  readonly forgetting?: number;
}

const EPSILON = 1e-9;
/** The self-model has settled where it moved less than this ... */
const SETTLED_RESIDUAL = 1e-3;
/** ... for this many steps in a row, with something there to model. */
const SETTLED_STEPS = 20;
const SILENT_POWER = 1e-12;

/**
 * A self-model W that predicts the next phase from the present one, and learns by G, a step of normalised
 * LMS: W = G[W].
 *
 * W stays exactly as it is when the mesh predicts itself; Z = rho exp(i W t) has the fixed point exp(i W dt).
 *
 * @see seed, `W_i = G[W_i]`; Widrow, Hoff (1960); Haykin, Adaptive Filter Theory, on normalised LMS;
 *   kairos.md, section 7.
 */
export class Witness {
  /** W after the last step, complex; 1 before the first. */
  modelReal = 1;
  modelImag = 0;
  /** What W, before it learnt, predicted of the last phase. */
  predictionReal = 0;
  predictionImag = 0;
  /** |G[W] - W| of the last step, >= 0; 0 at the first. */
  residual = 0;
  /** Mean squared error over mean squared phase, in [0, 1]; 0 at the first step. */
  surprise = 0;
  private readonly learningRate: number;
  private readonly forgetting: number;
  private started = false;
  private lastReal = 0;
  private lastImag = 0;
  private errorPower = 0;
  private phasePower = 0;
  private quietSteps = 0;

  /** @throws RangeError when a rate is out of its range. */
  constructor(options: WitnessOptions = {}) {
    const { learningRate = 0.2, forgetting = 0.05 } = options;
    if (!(learningRate > 0 && learningRate < 2)) {
      throw new RangeError(`a mu of ${learningRate} does not converge; it must be above 0 and below 2`);
    }
    if (!(forgetting > 0 && forgetting <= 1)) {
      throw new RangeError(`a beta of ${forgetting} is no share; it must be above 0 and at most 1`);
    }
    this.learningRate = learningRate;
    this.forgetting = forgetting;
  }

  /** Whether the residual was below 1e-3 for 20 steps in a row, |Z| > 1e-6. */
  get settled(): boolean {
    return this.quietSteps >= SETTLED_STEPS;
  }

  /**
   * Takes the next phase; constant work, no allocation.
   *
   * @param real real part of Z, |Z| <= 1.
   * @param imag imaginary part of Z.
   * @returns false, and nothing changes, when it is not finite.
   */
  step(real: number, imag: number): boolean {
    if (!Number.isFinite(real + imag)) return false;
    if (this.started) {
      this.learn(real, imag);
    } else {
      this.predictionReal = real;
      this.predictionImag = imag;
      this.started = true;
    }
    const isQuiet = this.residual < SETTLED_RESIDUAL && real * real + imag * imag > SILENT_POWER;
    this.quietSteps = isQuiet ? this.quietSteps + 1 : 0;
    this.lastReal = real;
    this.lastImag = imag;
    return true;
  }

  /** Forgets what it learnt: W is 1 again. */
  reset(): void {
    this.modelReal = 1;
    this.modelImag = 0;
    this.predictionReal = 0;
    this.predictionImag = 0;
    this.residual = 0;
    this.surprise = 0;
    this.started = false;
    this.lastReal = 0;
    this.lastImag = 0;
    this.errorPower = 0;
    this.phasePower = 0;
    this.quietSteps = 0;
  }

  private learn(real: number, imag: number): void {
    const { modelReal, modelImag, lastReal, lastImag, learningRate, forgetting } = this;
    this.predictionReal = modelReal * lastReal - modelImag * lastImag;
    this.predictionImag = modelReal * lastImag + modelImag * lastReal;
    const errorReal = real - this.predictionReal;
    const errorImag = imag - this.predictionImag;
    const power = real * real + imag * imag;
    const lastPower = lastReal * lastReal + lastImag * lastImag;
    const rate = learningRate / (EPSILON + Math.max(lastPower, power));
    const stepReal = rate * (errorReal * lastReal + errorImag * lastImag);
    const stepImag = rate * (errorImag * lastReal - errorReal * lastImag);
    this.modelReal += stepReal;
    this.modelImag += stepImag;
    this.residual = Math.sqrt(stepReal * stepReal + stepImag * stepImag);
    this.errorPower += forgetting * (errorReal * errorReal + errorImag * errorImag - this.errorPower);
    this.phasePower += forgetting * (power - this.phasePower);
    this.surprise = this.phasePower === 0 ? 0 : Math.min(1, this.errorPower / this.phasePower);
  }
}

/** A witness as messages carry it, as of its last step. */
export function describeWitness(witness: Witness): {
  model: { real: number; imag: number };
  prediction: { real: number; imag: number };
  residual: number;
  surprise: number;
  settled: boolean;
} {
  return {
    model: { real: witness.modelReal, imag: witness.modelImag },
    prediction: { real: witness.predictionReal, imag: witness.predictionImag },
    residual: witness.residual,
    surprise: witness.surprise,
    settled: witness.settled,
  };
}
