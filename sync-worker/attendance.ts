import type { Log } from '../contract/log.js';
import type { Availability } from '../contract/payloads/info.js';
import type { Events } from './events.js';
import type { Evidence } from './evidence.js';
import type { Mesh, MeshObserver } from './mesh.js';
import type { NodeRecord } from './node-record.js';
import type { Voice } from './voice.js';

/** Says who came and who went: events, and the availability of nodes that cannot say it themselves. */
export class Attendance implements MeshObserver {
  private readonly voice: Voice;
  private readonly events: Events;
  private readonly evidence: Evidence;
  private readonly log: Log;

  constructor(voice: Voice, events: Events, evidence: Evidence, log: Log) {
    this.voice = voice;
    this.events = events;
    this.evidence = evidence;
    this.log = log;
  }

  moving(node: NodeRecord): void {
    this.evidence.note(node);
  }

  joined(node: NodeRecord): void {
    this.log.info({ node: node.id }, 'node joined');
    this.sayAvailability(node, 'online');
    this.events.emit({ type: 'node_joined', node: node.id });
  }

  left(node: NodeRecord, reason: 'silent' | 'offline'): void {
    this.log.info({ node: node.id, reason }, 'node left');
    this.sayAvailability(node, 'offline');
    this.events.emit({ type: 'node_left', node: node.id, reason });
  }

  unheard(node: NodeRecord): void {
    this.sayAvailability(node, 'offline');
  }

  /** A node's agent went offline: so did the node, and it could not say so. */
  agentGone(node: NodeRecord, mesh: Mesh, nowSeconds: number): void {
    mesh.silence(node, nowSeconds);
    this.sayAvailability(node, 'offline');
  }

  /** Says again what could not be said before the worker served. */
  repeat(nodes: Iterable<NodeRecord>): void {
    for (const node of nodes) {
      if (node.state === 'live') this.sayAvailability(node, 'online');
      else if (node.state !== 'announced') this.sayAvailability(node, 'offline');
    }
  }

  /** On the node's behalf, unless its topic says so already. */
  private sayAvailability(node: NodeRecord, word: Availability): void {
    if (node.availability === word) return;
    if (!this.voice.say('availability', { node: node.id }, word)) return;
    node.availability = word;
    node.echoes += 1;
  }
}
