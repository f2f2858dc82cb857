import { explain, show } from '../contract/explain.js';
import type { Link, LinkMessage } from '../contract/link.js';
import { readMessage } from '../contract/messages.js';
import { nodeNameFault } from '../contract/names.js';
import type { PartContext } from '../contract/part.js';
import type { AgentMessage } from '../contract/payloads/agent.js';
import { availabilitySchema } from '../contract/payloads/info.js';
import { textOf } from '../contract/wire.js';
import type { Mesh } from './mesh.js';
import type { NodeRecord } from './node-record.js';
import { createPhaseReading, readPhase } from './read-phase.js';
import type { Received } from './status.js';

/** Counts a rejected message and tells its publisher why; `node` is null where there is none to tell. */
export type Reject = (node: string | null, topic: string, reason: string) => void;

/** Everything that nodes and agents say, taken into the mesh. */
export class Listener {
  readonly received: Received = { received: 0, stale: 0 };
  private readonly context: PartContext;
  private readonly mesh: Mesh;
  private readonly reject: Reject;
  private readonly reading = createPhaseReading();
  private readonly offlineAgents = new Map<string, string>();
  private readonly goneWithAgent: (node: NodeRecord) => void;

  /** @param goneWithAgent called for a node whose agent went offline. */
  constructor(context: PartContext, mesh: Mesh, reject: Reject, goneWithAgent: (node: NodeRecord) => void) {
    this.context = context;
    this.mesh = mesh;
    this.reject = reject;
    this.goneWithAgent = goneWithAgent;
  }

  /** Subscribes; births come before phases, so that a phase finds its node described. */
  async listen(link: Link): Promise<void> {
    const { topics } = this.context;
    await link.subscribe(topics.filter('agent'), (message) => this.onAgent(message));
    await link.subscribe(topics.filter('info'), (message) => this.onInfo(message));
    await link.subscribe(topics.filter('availability'), (message) => this.onAvailability(message));
    await link.subscribe(topics.filter('phase'), (message) => this.onPhase(message));
  }

  /** The path of a phase message: validated, counted, summed; nothing on it grows with the mesh. */
  onPhase({ topic, payload, retained }: LinkMessage): void {
    this.received.received += 1;
    if (retained) {
      this.received.stale += 1;
      return;
    }
    const { clock, topics } = this.context;
    const id = topics.nodeOf(topic);
    const known = this.mesh.find(id);
    if (known === undefined && nodeNameFault(id) !== null) {
      return this.reject(null, topic, `found the node name ${show(id)}, expected ${nodeNameFault(id)}`);
    }
    const reason = readPhase(id, payload, this.reading);
    if (reason !== null) return this.reject(id, topic, reason);
    const nowSeconds = clock.monotonicSeconds();
    const node = known ?? this.mesh.know(id, nowSeconds);
    if (node === undefined) return this.reject(id, topic, 'the mesh already knows as many nodes as it may');
    node.clockOffset.update(clock.nowSeconds() - this.reading.timestampSeconds, nowSeconds);
    this.mesh.take(node, this.reading, nowSeconds);
  }

  private onInfo({ topic, payload }: LinkMessage): void {
    const id = this.context.topics.nodeOf(topic);
    if (nodeNameFault(id) !== null) return;
    const nowSeconds = this.context.clock.monotonicSeconds();
    if (payload.length === 0) {
      const node = this.mesh.find(id);
      if (node !== undefined) this.mesh.describe(node, undefined);
      if (node !== undefined && node.state !== 'live') this.mesh.forget(node);
      return;
    }
    const read = readMessage('info', payload);
    if ('reason' in read) return this.reject(id, topic, read.reason);
    const node = this.mesh.know(id, nowSeconds);
    if (node === undefined) return;
    this.mesh.describe(node, read.message);
    const { via, session } = read.message;
    if (via !== undefined && session !== undefined && this.offlineAgents.get(via) === session)
      this.goneWithAgent(node);
  }

  private onAvailability({ topic, payload }: LinkMessage): void {
    const { clock, topics } = this.context;
    const id = topics.nodeOf(topic);
    if (nodeNameFault(id) !== null) return;
    if (payload.length === 0) return;
    const text = textOf(payload.subarray(0, 80));
    const word = availabilitySchema.safeParse(text);
    if (!word.success) return this.reject(id, topic, explain(availabilitySchema, text));
    const nowSeconds = clock.monotonicSeconds();
    const node = word.data === 'online' ? this.mesh.know(id, nowSeconds) : this.mesh.find(id);
    if (node === undefined) return;
    if (node.echoes > 0) {
      node.echoes -= 1;
      return;
    }
    node.availability = word.data;
    if (word.data === 'offline') this.mesh.silence(node, nowSeconds);
  }

  private onAgent({ topic, payload }: LinkMessage): void {
    const agent = this.context.topics.parse('agent', topic)?.agent;
    if (agent === undefined || payload.length === 0) return;
    const read = readMessage('agent', payload);
    if ('reason' in read) return this.reject(null, topic, read.reason);
    this.followAgent(agent, read.message);
  }

  private followAgent(agent: string, { state, session }: AgentMessage): void {
    if (state === 'online') {
      if (this.offlineAgents.get(agent) === session) this.offlineAgents.delete(agent);
      return;
    }
    this.offlineAgents.set(agent, session);
    const gone = [...this.mesh.nodes].filter(({ info }) => info?.via === agent && info.session === session);
    this.context.log.info({ agent, nodes: gone.length }, 'agent offline');
    for (const node of gone) this.goneWithAgent(node);
  }
}
