import type { MeshSums } from './mesh-sums.js';
import { rayleighPChance } from './rayleigh.js';

/** How far the nodes that carry an angle agree. */
export interface MeshOrder {
  /** Kuramoto's order parameter r, in [0, 1]; 0 without such nodes. */
  readonly magnitude: number;
  /** Its angle in radians, in [-pi, pi]; 0 without such nodes, and meaningless near magnitude 0. */
  readonly angle: number;
  /** How likely random phases agree as well, in [0, 1]; 1 for fewer than two such nodes. */
  readonly pChance: number;
  /** (sum w)^2/sum w^2 over them, >= 0: their number where weights are equal. */
  readonly effectiveNodes: number;
}

/** The resonance of a mesh, T_sync. */
export interface MeshResonance {
  readonly real: number;
  readonly imag: number;
  /** |T_sync|^2 in [0, 1]; the mesh is collapsed where it reaches I_c. */
  readonly power: number;
}

/**
 * The phase of a mesh, sum w z / sum w.
 *
 * @returns a complex number in the unit disc; 0 for an empty mesh, or one of no weight.
 * @see seed, step 3 `global_phase`; kairos.md, section 5.
 */
export function meshPhase(sums: MeshSums): { real: number; imag: number } {
  const { weight } = sums;
  return weight > 0 ? { real: sums.phaseReal / weight, imag: sums.phaseImag / weight } : { real: 0, imag: 0 };
}

/**
 * The coherence of a mesh, the plain mean of its nodes' coherences: "each part is steady".
 *
 * @returns in [0, 1]; 0 for an empty mesh.
 * @see seed, step 3 `average(node.coherences)`; kairos.md, section 5.
 */
export function meshCoherence(sums: MeshSums): number {
  return sums.nodes === 0 ? 0 : Math.min(1, Math.max(0, sums.coherence / sums.nodes));
}

/**
 * The order of a mesh, sum w u / sum w with u = z/|z|: "the parts agree", and whether that could be luck.
 *
 * @see Kuramoto (1975); Strogatz (2000), Physica D 143, 1-20; kairos.md, section 5.
 */
export function meshOrder(sums: MeshSums): MeshOrder {
  const { angleWeight, angleWeightSquared, directionReal, directionImag } = sums;
  if (sums.angleNodes === 0 || !(angleWeight > 0 && angleWeightSquared > 0)) {
    return { magnitude: 0, angle: 0, pChance: 1, effectiveNodes: 0 };
  }
  const magnitude = Math.min(1, Math.hypot(directionReal, directionImag) / angleWeight);
  const effectiveNodes = (angleWeight * angleWeight) / angleWeightSquared;
  const pChance = sums.angleNodes < 2 ? 1 : rayleighPChance(effectiveNodes, magnitude);
  return { magnitude, angle: Math.atan2(directionImag, directionReal), pChance, effectiveNodes };
}

/**
 * The resonance of a mesh, T_sync = sum w T / sum w over all live nodes, one without a resonance counting as
 * T = 0.
 *
 * That denominator is the text's: the mesh collapses only where most of its weight does, not when the one
 * node that has a resonance does. Two equal nodes give (T_a + T_b)/2.
 *
 * @returns null where no live node has a resonance.
 * @see seed, step 2 `T_sync`; kairos.md, section 5.
 */
export function meshResonance(sums: MeshSums): MeshResonance | null {
  const { weight } = sums;
  if (sums.resonanceNodes === 0 || !(weight > 0)) return null;
  const real = sums.resonanceReal / weight;
  const imag = sums.resonanceImag / weight;
  return { real, imag, power: Math.min(1, real * real + imag * imag) };
}
