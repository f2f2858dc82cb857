import type { NodeRecord } from './node-record.js';

/** How much one node moved the mesh's coherence. */
export interface Move {
  readonly node: string;
  readonly by: number;
}

/** How many nodes an event names. */
const MOST_NAMED = 5;

/**
 * Remembers which nodes changed since the last message of the mesh, so that an event can say who moved it. It costs
 * a message nothing that grows with the mesh.
 */
export class Evidence {
  private step = 1;
  private changed: NodeRecord[] = [];

  /** Call before a node's coherence changes, comes or goes. */
  note(node: NodeRecord): void {
    if (node.notedStep === this.step) return;
    node.notedStep = this.step;
    node.coherenceBefore = node.summed ? node.contribution.coherence : null;
    this.changed.push(node);
  }

  /**
   * The nodes that moved coherence most since the last call of `next`, the largest move first; all moves together are
   * the change of coherence.
   *
   * @param before the mesh's coherence then; `countBefore` and `countNow` are its nodes then and now.
   */
  moves(before: number, countBefore: number, countNow: number): Move[] {
    const moves = this.changed.map((node) => ({
      node: node.id,
      by: moveOf(node, before, countBefore, countNow),
    }));
    return moves
      .filter(({ by }) => by !== 0)
      .sort((a, b) => Math.abs(b.by) - Math.abs(a.by) || (a.node < b.node ? -1 : 1))
      .slice(0, MOST_NAMED);
  }

  /** A message of the mesh has gone out: what comes now is the next change. */
  next(): void {
    this.step += 1;
    this.changed = [];
  }
}

/**
 * A node that stays moves the mean by its own change, one that comes or goes by how far it stands from the mean before:
 * (sum c' - N' mean)/N' = mean' - mean.
 */
function moveOf(
  { coherenceBefore, summed, contribution }: NodeRecord,
  before: number,
  countBefore: number,
  countNow: number,
): number {
  const now = summed ? contribution.coherence : null;
  if (countNow === 0)
    return coherenceBefore === null || countBefore === 0 ? 0 : -coherenceBefore / countBefore;
  return ((now ?? before) - (coherenceBefore ?? before)) / countNow;
}
