import { accumulate, exchange, total } from './compensated-sum.js';
import { type Contribution, requireSummable } from './contribution.js';
import { type PlainSums, requirePlainSums } from './plain-sums.js';

// Each sum fills two cells: what it is, and what rounding has lost.
const WEIGHT = 0;
const COHERENCE = 2;
const PHASE_REAL = 4;
const PHASE_IMAG = 6;
const ANGLE_WEIGHT = 8;
const ANGLE_WEIGHT_SQUARED = 10;
const DIRECTION_REAL = 12;
const DIRECTION_IMAG = 14;
const RESONANCE_WEIGHT = 16;
const RESONANCE_REAL = 18;
const RESONANCE_IMAG = 20;
const CELLS = 22;

/** Below this power a phase has no direction: |z| <= 1e-12 (kairos.md, section 5). */
const NO_DIRECTION = 1e-24;

/**
 * The sums over a set of live nodes, kept up message by message at a cost that does not grow with the mesh.
 *
 * Within 1e-9 of a fresh sum after 10^7 updates (Neumaier compensation), exactly 0 when no node is left, and
 * sums over disjoint sets of nodes add: this is what lets meshes federate.
 *
 * @see seed, step 3 `synchronize`; kairos.md, section 5.
 */
export class MeshSums {
  private readonly cells = new Float64Array(CELLS);
  private nodeCount = 0;
  private angleCount = 0;
  private resonanceCount = 0;

  /** Live nodes. */
  get nodes(): number {
    return this.nodeCount;
  }

  /** Sum of weights. */
  get weight(): number {
    return total(this.cells, WEIGHT);
  }

  /** Sum of coherences, unweighted. */
  get coherence(): number {
    return total(this.cells, COHERENCE);
  }

  /** Sum of weight times phase, real part. */
  get phaseReal(): number {
    return total(this.cells, PHASE_REAL);
  }

  /** Sum of weight times phase, imaginary part. */
  get phaseImag(): number {
    return total(this.cells, PHASE_IMAG);
  }

  /** Live nodes that carry an angle and have a direction. */
  get angleNodes(): number {
    return this.angleCount;
  }

  /** Sum of the weights of those. */
  get angleWeight(): number {
    return total(this.cells, ANGLE_WEIGHT);
  }

  /** Sum of the squares of those weights. */
  get angleWeightSquared(): number {
    return total(this.cells, ANGLE_WEIGHT_SQUARED);
  }

  /** Sum over those of weight times phase/|phase|, real part. */
  get directionReal(): number {
    return total(this.cells, DIRECTION_REAL);
  }

  /** Sum over those of weight times phase/|phase|, imaginary part. */
  get directionImag(): number {
    return total(this.cells, DIRECTION_IMAG);
  }

  /** Live nodes that have a resonance. */
  get resonanceNodes(): number {
    return this.resonanceCount;
  }

  /** Sum of the weights of those. */
  get resonanceWeight(): number {
    return total(this.cells, RESONANCE_WEIGHT);
  }

  /** Sum over those of weight times T, real part. */
  get resonanceReal(): number {
    return total(this.cells, RESONANCE_REAL);
  }

  /** Sum over those of weight times T, imaginary part. */
  get resonanceImag(): number {
    return total(this.cells, RESONANCE_IMAG);
  }

  /**
   * Takes a node in; constant work, no allocation.
   *
   * @throws RangeError when a number is not finite or the weight negative; the sums then stay as they were.
   */
  add(node: Readonly<Contribution>): void {
    requireSummable(node);
    this.nodeCount++;
    this.accumulateNode(node, 1);
  }

  /**
   * Takes a node out, by the very numbers that it was added with; constant work, no allocation.
   *
   * @throws RangeError when no node is left to take out.
   */
  remove(node: Readonly<Contribution>): void {
    if (this.nodeCount === 0) throw new RangeError('there is no node left to remove; add comes first');
    if (this.nodeCount === 1) {
      this.clear();
      return;
    }
    this.nodeCount--;
    this.accumulateNode(node, -1);
  }

  /**
   * Takes a node's last state out and its new one in: what each phase message costs.
   *
   * Equal to `remove(before)` and `add(after)`, at half the work where weight and kind have stayed.
   *
   * @param before the very numbers that it was last added with.
   * @throws RangeError as `add` and `remove` do; the sums then stay as they were.
   */
  replace(before: Readonly<Contribution>, after: Readonly<Contribution>): void {
    requireSummable(after);
    if (this.nodeCount === 0) throw new RangeError('there is no node left to replace; add comes first');
    const powerBefore = before.real * before.real + before.imag * before.imag;
    const powerAfter = after.real * after.real + after.imag * after.imag;
    const hadDirection = before.angle && powerBefore > NO_DIRECTION;
    const hasDirection = after.angle && powerAfter > NO_DIRECTION;
    const isSameKind = hadDirection === hasDirection && before.hasResonance === after.hasResonance;
    if (before.weight !== after.weight || !isSameKind) {
      this.remove(before);
      this.add(after);
      return;
    }
    const { cells } = this;
    const { weight } = before;
    exchange(cells, COHERENCE, before.coherence, after.coherence);
    exchange(cells, PHASE_REAL, weight * before.real, weight * after.real);
    exchange(cells, PHASE_IMAG, weight * before.imag, weight * after.imag);
    if (hasDirection) {
      const scaleBefore = weight / Math.sqrt(powerBefore);
      const scaleAfter = weight / Math.sqrt(powerAfter);
      exchange(cells, DIRECTION_REAL, scaleBefore * before.real, scaleAfter * after.real);
      exchange(cells, DIRECTION_IMAG, scaleBefore * before.imag, scaleAfter * after.imag);
    }
    if (after.hasResonance) {
      exchange(cells, RESONANCE_REAL, weight * before.resonanceReal, weight * after.resonanceReal);
      exchange(cells, RESONANCE_IMAG, weight * before.resonanceImag, weight * after.resonanceImag);
    }
  }

  /**
   * Adds the sums over other nodes; the two sets must not share a node.
   *
   * @throws RangeError when a count or a sum is none; the sums then stay as they were.
   */
  merge(other: MeshSums | PlainSums): void {
    const plain = other instanceof MeshSums ? other.toPlain() : requirePlainSums(other);
    const cells = this.cells;
    this.nodeCount += plain.nodes;
    this.angleCount += plain.angle.nodes;
    accumulate(cells, WEIGHT, plain.weight);
    accumulate(cells, COHERENCE, plain.coherence);
    accumulate(cells, PHASE_REAL, plain.phase.real);
    accumulate(cells, PHASE_IMAG, plain.phase.imag);
    accumulate(cells, ANGLE_WEIGHT, plain.angle.weight);
    accumulate(cells, ANGLE_WEIGHT_SQUARED, plain.angle.weight_squared);
    accumulate(cells, DIRECTION_REAL, plain.angle.direction.real);
    accumulate(cells, DIRECTION_IMAG, plain.angle.direction.imag);
    if (plain.resonance === undefined) return;
    this.resonanceCount += plain.resonance.nodes;
    accumulate(cells, RESONANCE_WEIGHT, plain.resonance.weight);
    accumulate(cells, RESONANCE_REAL, plain.resonance.sum.real);
    accumulate(cells, RESONANCE_IMAG, plain.resonance.sum.imag);
  }

  /** Empties the sums: every one is exactly 0. */
  clear(): void {
    this.cells.fill(0);
    this.nodeCount = 0;
    this.angleCount = 0;
    this.resonanceCount = 0;
  }

  /** The sums as a zone message carries them; `resonance` only where a node has one. */
  toPlain(): PlainSums {
    const plain: PlainSums = {
      nodes: this.nodes,
      weight: this.weight,
      coherence: this.coherence,
      phase: { real: this.phaseReal, imag: this.phaseImag },
      angle: {
        nodes: this.angleNodes,
        weight: this.angleWeight,
        weight_squared: this.angleWeightSquared,
        direction: { real: this.directionReal, imag: this.directionImag },
      },
    };
    if (this.resonanceNodes === 0) return plain;
    const sum = { real: this.resonanceReal, imag: this.resonanceImag };
    return { ...plain, resonance: { nodes: this.resonanceNodes, weight: this.resonanceWeight, sum } };
  }

  /**
   * The sums that a zone message carried.
   *
   * @throws RangeError when a count or a sum is none.
   */
  static fromPlain(plain: PlainSums): MeshSums {
    const sums = new MeshSums();
    sums.merge(plain);
    return sums;
  }

  private accumulateNode(node: Readonly<Contribution>, sign: 1 | -1): void {
    const cells = this.cells;
    const weight = sign * node.weight;
    const { real, imag } = node;
    accumulate(cells, WEIGHT, weight);
    accumulate(cells, COHERENCE, sign * node.coherence);
    accumulate(cells, PHASE_REAL, weight * real);
    accumulate(cells, PHASE_IMAG, weight * imag);
    const power = real * real + imag * imag;
    if (node.angle && power > NO_DIRECTION) this.accumulateAngle(node, sign, weight / Math.sqrt(power));
    if (node.hasResonance) this.accumulateResonance(node, sign, weight);
  }

  private accumulateAngle(node: Readonly<Contribution>, sign: 1 | -1, scale: number): void {
    const cells = this.cells;
    this.angleCount += sign;
    // Exactly 0 when none is left, whatever the order in which they left.
    if (this.angleCount === 0) {
      cells.fill(0, ANGLE_WEIGHT, RESONANCE_WEIGHT);
      return;
    }
    accumulate(cells, ANGLE_WEIGHT, sign * node.weight);
    accumulate(cells, ANGLE_WEIGHT_SQUARED, sign * node.weight * node.weight);
    accumulate(cells, DIRECTION_REAL, scale * node.real);
    accumulate(cells, DIRECTION_IMAG, scale * node.imag);
  }

  private accumulateResonance(node: Readonly<Contribution>, sign: 1 | -1, weight: number): void {
    const cells = this.cells;
    this.resonanceCount += sign;
    if (this.resonanceCount === 0) {
      cells.fill(0, RESONANCE_WEIGHT, CELLS);
      return;
    }
    accumulate(cells, RESONANCE_WEIGHT, weight);
    accumulate(cells, RESONANCE_REAL, weight * node.resonanceReal);
    accumulate(cells, RESONANCE_IMAG, weight * node.resonanceImag);
  }
}
