import { MeshSums } from '../kairos/mesh-sums.js';
import { Witness } from '../kairos/witness.js';

/** What is counted of a set of nodes beside their sums. */
export interface Counts {
  /** Heard of, and not forgotten. */
  known: number;
  /** Their phase is younger than their time to live. */
  live: number;
  /** Were live once, and are not. */
  silent: number;
  /** Phase messages accepted. */
  messages: number;
}

/** A zone, or the whole mesh: the sums over its own nodes, and the zones below it. A node is in one group alone. */
export class Group {
  /** The zone's name; null for the whole mesh. */
  readonly zone: string | null;
  readonly parent: Group | null;
  readonly counts: Counts = { known: 0, live: 0, silent: 0, messages: 0 };
  /** Over its own nodes, without those of the zones below. */
  readonly sums = new MeshSums();
  /** Predicts the group's next phase; one step a message. */
  readonly witness = new Witness();
  unified = false;
  collapsed = false;
  /** Of the last message. */
  coherence = 0;
  /** Nodes summed in the last message. */
  summed = 0;
  sequence = 0;
  /** Called when anything in it or below changed. */
  onChange: () => void = () => {};
  private readonly children: Group[] = [];

  constructor(zone: string | null, parent: Group | null) {
    this.zone = zone;
    this.parent = parent;
    parent?.children.push(this);
  }

  /** Tells this group and all above it that something changed. */
  changed(): void {
    for (let group: Group | null = this; group !== null; group = group.parent) group.onChange();
  }

  /** Its own sums and counts merged with those of all zones below it: equal to a flat mesh within 1e-9. */
  totals(): { readonly sums: MeshSums; readonly counts: Readonly<Counts> } {
    if (this.children.length === 0) return this;
    const sums = new MeshSums();
    const counts: Counts = { ...this.counts };
    sums.merge(this.sums);
    for (const child of this.children) {
      const below = child.totals();
      sums.merge(below.sums);
      counts.known += below.counts.known;
      counts.live += below.counts.live;
      counts.silent += below.counts.silent;
      counts.messages += below.counts.messages;
    }
    return { sums, counts };
  }
}
