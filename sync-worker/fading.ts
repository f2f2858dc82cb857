import type { NodeRecord } from './node-record.js';

/** The time constant of a node that announced none. */
const UNANNOUNCED_TAU_SECONDS = 1;

/** After so many time constants (2e-9 is left) a node has faded to nothing. */
const MOST_TIME_CONSTANTS = 20;

/** Silent nodes whose phase and coherence fade with their tau_base: the policy `decay`. */
export class Fading {
  private readonly nodes = new Map<
    NodeRecord,
    { real: number; imag: number; coherence: number; since: number }
  >();

  private readonly moving: (node: NodeRecord) => void;

  /** @param moving called before a node's contribution changes. */
  constructor(moving: (node: NodeRecord) => void) {
    this.moving = moving;
  }

  start(node: NodeRecord, nowSeconds: number): void {
    const { real, imag, coherence } = node.contribution;
    this.nodes.set(node, { real, imag, coherence, since: nowSeconds });
  }

  stop(node: NodeRecord): void {
    this.nodes.delete(node);
  }

  /** Moves every fading node on to where it is now; it goes on counting as a node, with ever less. */
  advance(nowSeconds: number): void {
    for (const [node, { real, imag, coherence, since }] of this.nodes) {
      const age = (nowSeconds - since) / (node.info?.tau_base ?? UNANNOUNCED_TAU_SECONDS);
      const share = age < MOST_TIME_CONSTANTS ? Math.exp(-age) : 0;
      if (share === 0) this.nodes.delete(node);
      this.moving(node);
      node.group.sums.remove(node.contribution);
      node.contribution.real = real * share;
      node.contribution.imag = imag * share;
      node.contribution.coherence = coherence * share;
      node.group.sums.add(node.contribution);
      node.group.changed();
    }
  }
}
