import type { Config } from '../contract/config/schema.js';
import { formatTimestamp } from '../contract/instant.js';
import type { PartContext } from '../contract/part.js';
import type { WeMessage } from '../contract/payloads/we.js';
import { WeBond } from '../kairos/we-bond.js';
import type { Events } from './events.js';
import type { Mesh } from './mesh.js';
import type { NodeRecord } from './node-record.js';
import type { Voice } from './voice.js';

/** The largest zone of which all pairs are watched. */
const MOST_NODES_OF_A_ZONE = 50;
/** An unchanged bond is published so often; one that forms or parts, at once. */
const PUBLISH_SECONDS = 1;

/** The bond of two nodes, a < b. */
interface WatchedPair {
  readonly a: string;
  readonly b: string;
  bond: WeBond;
  emerged: boolean;
  publishedSeconds: number;
}

/** Watches pairs of nodes, one step a message of the mesh: the seed's W_a <-> W_b -> W_WE. */
export class Bonds {
  private readonly context: PartContext;
  private readonly mesh: Mesh;
  private readonly voice: Voice;
  private readonly events: Events;
  private readonly threshold: () => number;
  private readonly pairs = new Map<string, WatchedPair>();
  private readonly zones: readonly string[];
  private readonly tooLarge = new Set<string>();
  private steppedSeconds: number;

  /** @param threshold the mesh's, which both coherences must be above. */
  constructor(
    watched: Config['we'],
    context: PartContext,
    mesh: Mesh,
    voice: Voice,
    events: Events,
    threshold: () => number,
  ) {
    this.context = context;
    this.mesh = mesh;
    this.voice = voice;
    this.events = events;
    this.threshold = threshold;
    this.zones = watched.filter((one) => typeof one === 'string');
    this.steppedSeconds = context.clock.monotonicSeconds();
    for (const one of watched) if (typeof one !== 'string') this.watch(one[0], one[1]);
  }

  /** Takes a step of the mesh. */
  step(): void {
    const nowSeconds = this.context.clock.monotonicSeconds();
    for (const zone of this.zones) this.watchZone(zone);
    for (const pair of this.pairs.values()) this.stepPair(pair, nowSeconds);
    this.steppedSeconds = nowSeconds;
  }

  private watch(one: string, other: string): void {
    const [a, b] = one < other ? [one, other] : [other, one];
    const key = `${a}/${b}`;
    if (a === b || this.pairs.has(key)) return;
    this.pairs.set(key, {
      a,
      b,
      bond: this.newBond(),
      emerged: false,
      publishedSeconds: Number.NEGATIVE_INFINITY,
    });
  }

  private newBond(): WeBond {
    return new WeBond({ coherenceThreshold: this.threshold() });
  }

  private watchZone(zone: string): void {
    const names: string[] = [];
    for (const node of this.mesh.nodes) if (counts(node) && isIn(node, zone)) names.push(node.id);
    if (names.length > MOST_NODES_OF_A_ZONE) {
      if (!this.tooLarge.has(zone)) {
        this.context.log.warn(
          { zone, nodes: names.length, most: MOST_NODES_OF_A_ZONE },
          'zone too large to watch its pairs',
        );
      }
      this.tooLarge.add(zone);
      return;
    }
    for (const [index, name] of names.entries()) {
      for (const other of names.slice(index + 1)) this.watch(name, other);
    }
  }

  private stepPair(pair: WatchedPair, nowSeconds: number): void {
    const [a, b] = [this.mesh.find(pair.a), this.mesh.find(pair.b)];
    if (counts(a) && counts(b)) {
      pair.bond.coherenceThreshold = this.threshold();
      pair.bond.step(a.contribution, b.contribution, nowSeconds - this.steppedSeconds);
      if (pair.bond.emerged !== pair.emerged) this.change(pair, nowSeconds);
      else if (nowSeconds - pair.publishedSeconds >= PUBLISH_SECONDS) this.publish(pair, nowSeconds);
      return;
    }
    pair.bond.reset();
    if (pair.emerged) this.change(pair, nowSeconds);
  }

  private change(pair: WatchedPair, nowSeconds: number): void {
    pair.emerged = !pair.emerged;
    const { strength, centredStrength } = pair.bond;
    const type = pair.emerged ? 'we_formed' : 'we_parted';
    this.context.log.info({ nodes: [pair.a, pair.b], strength }, type);
    this.events.emit({ type, nodes: [pair.a, pair.b], strength, centred_strength: centredStrength });
    this.publish(pair, nowSeconds);
  }

  private publish(pair: WatchedPair, nowSeconds: number): void {
    const { bond, a, b, emerged } = pair;
    const { clock, session } = this.context;
    const message: WeMessage = {
      strength: bond.strength,
      centred_strength: bond.centredStrength,
      lag: bond.lagRad,
      phase: { real: bond.phaseReal, imag: bond.phaseImag },
      emerged,
      session,
      timestamp: formatTimestamp(clock.nowSeconds()),
    };
    pair.publishedSeconds = nowSeconds;
    this.voice.say('we', { a, b }, message);
  }
}

/** Whether a node takes part: live, or held by the policy, and carrying an angle. */
function counts(node: NodeRecord | undefined): node is NodeRecord {
  return node?.summed === true && node.contribution.angle;
}

function isIn(node: NodeRecord, zone: string): boolean {
  for (let group: NodeRecord['group'] | null = node.group; group !== null; group = group.parent) {
    if (group.zone === zone) return true;
  }
  return false;
}
