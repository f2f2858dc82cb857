/**
 * What one live node adds to a mesh: a plain record that its owner changes in place, so that a message
 * allocates nothing.
 */
export interface Contribution {
  /** Its weight from the mesh's configuration, >= 0. */
  weight: number;
  /** Real part of its local phase z, |z| <= 1. */
  real: number;
  /** Imaginary part of its local phase. */
  imag: number;
  /** In [0, 1]. */
  coherence: number;
  /** Whether its encoder carries an angle. */
  angle: boolean;
  /** Whether it published a resonance T; without one the next two are not looked at. */
  hasResonance: boolean;
  /** Real part of T, |T| <= 1. */
  resonanceReal: number;
  /** Imaginary part of T. */
  resonanceImag: number;
}

/**
 * Creates the record of a node that has said nothing yet: weight 1, phase 0, an angle, no resonance.
 *
 * @param weight >= 0.
 */
export function createContribution(weight = 1): Contribution {
  return {
    weight,
    real: 0,
    imag: 0,
    coherence: 0,
    angle: true,
    hasResonance: false,
    resonanceReal: 0,
    resonanceImag: 0,
  };
}

/** Copies every field of `from` into `to`. */
export function copyContribution(from: Readonly<Contribution>, to: Contribution): void {
  to.weight = from.weight;
  to.real = from.real;
  to.imag = from.imag;
  to.coherence = from.coherence;
  to.angle = from.angle;
  to.hasResonance = from.hasResonance;
  to.resonanceReal = from.resonanceReal;
  to.resonanceImag = from.resonanceImag;
}

/**
 * Refuses a node that cannot be summed: a single NaN taken in would stay in the sums for good.
 *
 * @throws RangeError when a number is not finite or the weight negative.
 */
export function requireSummable(node: Readonly<Contribution>): void {
  const resonance = node.hasResonance ? node.resonanceReal + node.resonanceImag : 0;
  const sum = node.weight * node.weight + node.real + node.imag + node.coherence + resonance;
  if (Number.isFinite(sum) && node.weight >= 0) return;
  throw new RangeError(
    `a node of weight ${node.weight}, phase (${node.real}, ${node.imag}) and coherence ${node.coherence} ` +
      'cannot be summed; every number must be finite and the weight at least 0',
  );
}
