import type { MeshConfig } from '../contract/config/schema.js';
import type { InfoMessage } from '../contract/payloads/info.js';
import { type Contribution, copyContribution } from '../kairos/contribution.js';
import { Deadlines } from './deadlines.js';
import { Fading } from './fading.js';
import type { Group } from './group.js';
import type { Groups } from './groups.js';
import { createNodeRecord, type NodeRecord } from './node-record.js';

/** How many nodes a mesh knows at most: a publisher of random names must not fill the memory. */
export const MOST_NODES = 100_000;

/** What the mesh tells whoever speaks for it. */
export interface MeshObserver {
  /** What a node adds to the mesh is about to change. */
  moving(node: NodeRecord): void;
  /** A node's phase counts from now on. */
  joined(node: NodeRecord): void;
  /** A node fell silent: no phase within its time to live, or its connection or agent went offline. */
  left(node: NodeRecord, reason: 'silent' | 'offline'): void;
  /** A node was announced and never sent a phase. */
  unheard(node: NodeRecord): void;
}

/**
 * The nodes of a mesh and who of them is live; their sums stand in their groups. A phase message costs the same
 * whatever the number of nodes. All times are of the caller's monotonic clock, in seconds.
 */
export class Mesh {
  private readonly stale: MeshConfig['stale'];
  private readonly groups: Groups;
  private readonly weightOf: (node: string) => number;
  private readonly observer: MeshObserver;
  private readonly records = new Map<string, NodeRecord>();
  private readonly deadlines: Deadlines<NodeRecord>;
  private readonly fading: Fading;
  private nowSeconds: number;

  constructor(options: {
    readonly stale: MeshConfig['stale'];
    readonly groups: Groups;
    readonly weightOf: (node: string) => number;
    readonly observer: MeshObserver;
    readonly nowSeconds: number;
  }) {
    this.stale = options.stale;
    this.groups = options.groups;
    this.weightOf = options.weightOf;
    this.observer = options.observer;
    this.nowSeconds = options.nowSeconds;
    this.fading = new Fading((node) => this.observer.moving(node));
    this.deadlines = new Deadlines(options.nowSeconds, (node) => this.expire(node));
  }

  get nodes(): Iterable<NodeRecord> {
    return this.records.values();
  }

  find(id: string): NodeRecord | undefined {
    return this.records.get(id);
  }

  /** The record of a node, made if it is new; undefined when the mesh knows as many as it may. */
  know(id: string, nowSeconds: number): NodeRecord | undefined {
    const known = this.records.get(id);
    if (known !== undefined || this.records.size >= MOST_NODES) return known;
    const node = createNodeRecord(id, this.weightOf(id), this.groups.of(id, undefined));
    this.records.set(id, node);
    node.group.counts.known += 1;
    node.timeToLiveSeconds = this.stale.unannounced;
    this.extend(node, nowSeconds);
    node.group.changed();
    return node;
  }

  /** Counts a node's phase; the reading is given the weight that the mesh gives the node. */
  take(node: NodeRecord, reading: Contribution, nowSeconds: number): void {
    const { contribution, group } = node;
    group.counts.messages += 1;
    node.arrivedSeconds = nowSeconds;
    node.deadlineSeconds = nowSeconds + node.timeToLiveSeconds;
    const arrives = node.state !== 'live';
    if (arrives) this.enliven(node);
    if (node.summed && !arrives && equals(contribution, reading)) return;
    this.observer.moving(node);
    reading.weight = contribution.weight;
    if (node.summed) group.sums.replace(contribution, reading);
    else group.sums.add(reading);
    copyContribution(reading, contribution);
    node.summed = true;
    if (arrives) this.observer.joined(node);
    group.changed();
  }

  /** Learns how a node publishes and where it belongs; undefined when it took its info back. */
  describe(node: NodeRecord, info: InfoMessage | undefined): void {
    node.info = info;
    const { intervals, at_least, unannounced } = this.stale;
    const interval = info?.interval;
    node.timeToLiveSeconds = interval === undefined ? unannounced : Math.max(intervals * interval, at_least);
    if (node.state === 'live' || node.state === 'announced') {
      node.deadlineSeconds = node.arrivedSeconds + node.timeToLiveSeconds;
      this.deadlines.watch(node);
    }
    this.move(node, this.groups.of(node.id, info?.zone));
  }

  /** A live node's connection or agent went offline. */
  silence(node: NodeRecord, nowSeconds: number): void {
    this.nowSeconds = nowSeconds;
    if (node.state === 'live') this.fallSilent(node, 'offline');
  }

  /** Forgets a node at once. */
  forget(node: NodeRecord): void {
    this.records.delete(node.id);
    this.deadlines.forget(node);
    this.unsum(node);
    this.count(node, -1);
    node.group.changed();
  }

  /** Forgets all nodes; the caller says so. */
  clear(): void {
    for (const node of this.records.values()) {
      this.unsum(node);
      this.count(node, -1);
      this.deadlines.forget(node);
    }
    this.records.clear();
  }

  /** Notices who has fallen silent, and lets the silent fade or be forgotten. */
  advance(nowSeconds: number): void {
    this.nowSeconds = nowSeconds;
    this.deadlines.advance(nowSeconds);
    this.fading.advance(nowSeconds);
  }

  private enliven(node: NodeRecord): void {
    this.count(node, -1);
    node.state = 'live';
    this.count(node, 1);
    this.fading.stop(node);
    this.deadlines.watch(node);
  }

  private expire(node: NodeRecord): void {
    if (node.state === 'live') return this.fallSilent(node, 'silent');
    if (node.state !== 'announced') return this.forget(node);
    node.state = 'unheard';
    node.deadlineSeconds = this.nowSeconds + this.stale.forget_after;
    this.deadlines.watch(node);
    this.observer.unheard(node);
  }

  private fallSilent(node: NodeRecord, reason: 'silent' | 'offline'): void {
    this.count(node, -1);
    node.state = 'silent';
    this.count(node, 1);
    if (this.stale.policy === 'decay') this.fading.start(node, this.nowSeconds);
    else if (this.stale.policy !== 'hold') this.unsum(node);
    node.deadlineSeconds = this.nowSeconds + this.stale.forget_after;
    this.deadlines.watch(node);
    this.observer.left(node, reason);
    node.group.changed();
  }

  private unsum(node: NodeRecord): void {
    this.fading.stop(node);
    if (!node.summed) return;
    this.observer.moving(node);
    node.group.sums.remove(node.contribution);
    node.summed = false;
  }

  private move(node: NodeRecord, group: Group): void {
    if (group === node.group) return;
    const left = node.group;
    if (node.summed) {
      left.sums.remove(node.contribution);
      group.sums.add(node.contribution);
    }
    this.count(node, -1);
    node.group = group;
    this.count(node, 1);
    left.changed();
    group.changed();
  }

  private count(node: NodeRecord, sign: 1 | -1): void {
    const { counts } = node.group;
    counts.known += sign;
    if (node.state === 'live') counts.live += sign;
    if (node.state === 'silent') counts.silent += sign;
  }

  private extend(node: NodeRecord, nowSeconds: number): void {
    node.arrivedSeconds = nowSeconds;
    node.deadlineSeconds = nowSeconds + node.timeToLiveSeconds;
    this.deadlines.watch(node);
  }
}

function equals(contribution: NodeRecord['contribution'], reading: Contribution): boolean {
  return (
    contribution.real === reading.real &&
    contribution.imag === reading.imag &&
    contribution.coherence === reading.coherence &&
    contribution.angle === reading.angle &&
    contribution.hasResonance === reading.hasResonance &&
    contribution.resonanceReal === reading.resonanceReal &&
    contribution.resonanceImag === reading.resonanceImag
  );
}
