/** The sums over a set of nodes as plain data, named as a zone message names them (kairos.md, section 5). */
export interface PlainSums {
  /** Live nodes. */
  readonly nodes: number;
  /** Sum of weights. */
  readonly weight: number;
  /** Sum of coherences, unweighted. */
  readonly coherence: number;
  /** Sum of weight times phase. */
  readonly phase: { readonly real: number; readonly imag: number };
  /** Over the nodes that carry an angle and have a direction; `direction` sums weight times phase/|phase|. */
  readonly angle: {
    readonly nodes: number;
    readonly weight: number;
    readonly weight_squared: number;
    readonly direction: { readonly real: number; readonly imag: number };
  };
  /** Over the nodes that have a resonance T; `sum` is that of weight times T. Absent where none has. */
  readonly resonance?:
    | {
        readonly nodes: number;
        readonly weight: number;
        readonly sum: { readonly real: number; readonly imag: number };
      }
    | undefined;
}

/**
 * Passes sums on that can be merged.
 *
 * @throws RangeError when a count is not a whole number from 0, a subset larger than the whole, or a sum not
 *   finite.
 */
export function requirePlainSums(plain: PlainSums): PlainSums {
  const { nodes, angle, resonance } = plain;
  const resonanceNodes = resonance?.nodes ?? 0;
  for (const count of [nodes, angle.nodes, resonanceNodes]) {
    if (!Number.isSafeInteger(count) || count < 0 || count > nodes) {
      throw new RangeError(
        `a count of ${count} among ${nodes} nodes is none; it must be a whole number from 0`,
      );
    }
  }
  const sums = [plain.weight, plain.coherence, plain.phase.real, plain.phase.imag];
  sums.push(angle.weight, angle.weight_squared, angle.direction.real, angle.direction.imag);
  if (resonance !== undefined) sums.push(resonance.weight, resonance.sum.real, resonance.sum.imag);
  for (const sum of sums) {
    if (!Number.isFinite(sum))
      throw new RangeError(`a sum of ${sum} cannot be merged; it must be a finite number`);
  }
  return plain;
}
