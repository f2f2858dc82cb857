/** When a mesh is one. */
export interface EmergenceOptions {
  /** Coherence must be above it, in [0, 1]; the seed's is 0.75. */
  readonly threshold: number;
  /**
   * Once one, a mesh stays so until coherence is at most threshold - hysteresis; in [0, threshold], default
   * 0.
   */
  readonly hysteresis?: number;
  /** Live nodes needed, a whole number >= 1; default 1. */
  readonly minNodes?: number;
  /** The largest p_chance of order allowed, in (0, 1]; default null, not asked for. */
  readonly pChance?: number | null;
}

/**
 * Says whether a mesh is one now.
 *
 * @param wasUnified whether it was one just before.
 * @param coherence in [0, 1].
 * @param liveNodes >= 0.
 * @param pChance of the mesh's order, in [0, 1].
 * @param effectiveNodes of the mesh's order, >= 0.
 */
export type EmergenceRule = (
  wasUnified: boolean,
  coherence: number,
  liveNodes: number,
  pChance: number,
  effectiveNodes: number,
) => boolean;

/** Below five nodes Rayleigh's approximation errs by more than it may (kairos.md, section 5). */
const FEWEST_EFFECTIVE_NODES = 5;
/** Five equal weights of 0.1 come to 5 - 1e-15. */
const ROUNDING = 1e-9;

/**
 * Creates the rule of emergence: coherence > threshold, the seed's, and what makes it stricter.
 *
 * An empty mesh is never one. A p_chance, where asked for, is never met below 5 effective nodes.
 *
 * @throws RangeError when an option is out of its range.
 * @see seed, step 4; kairos.md, section 5.
 */
export function createEmergenceRule(options: EmergenceOptions): EmergenceRule {
  const { threshold, hysteresis = 0, minNodes = 1, pChance: largest = null } = options;
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new RangeError(`a threshold of ${threshold} is none; it must be from 0 to 1`);
  }
  if (!(hysteresis >= 0 && hysteresis <= threshold)) {
    throw new RangeError(
      `a hysteresis of ${hysteresis} is none; it must be from 0 to the threshold, ${threshold}`,
    );
  }
  if (!Number.isInteger(minNodes) || minNodes < 1) {
    throw new RangeError(`a least number of ${minNodes} nodes is none; it must be a whole number from 1`);
  }
  if (largest !== null && !(largest > 0 && largest <= 1)) {
    throw new RangeError(`a p_chance of ${largest} is none; it must be above 0 and at most 1, or null`);
  }
  return (wasUnified, coherence, liveNodes, pChance, effectiveNodes) => {
    if (liveNodes < minNodes) return false;
    if (!(coherence > (wasUnified ? threshold - hysteresis : threshold))) return false;
    return (
      largest === null || (pChance <= largest && effectiveNodes >= FEWEST_EFFECTIVE_NODES * (1 - ROUNDING))
    );
  };
}
