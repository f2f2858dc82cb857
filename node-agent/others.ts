import type { Link, LinkMessage } from '../contract/link.js';
import { readMessage } from '../contract/messages.js';
import type { PartContext } from '../contract/part.js';
import type { AgentMessage } from '../contract/payloads/agent.js';
import type { InfoMessage } from '../contract/payloads/info.js';
import { textOf } from '../contract/wire.js';

/** What the rest of the mesh says of itself, as far as it decides who serves a node. */
export interface Others {
  /**
   * Listens to births, farewells and agents; resolves once it does.
   *
   * @param infoCame called with every info of a node that is not this agent's own, after it was learnt.
   */
  listen(link: Pick<Link, 'subscribe'>, infoCame: InfoCame): Promise<void>;
  /** Whether somebody else has announced the node, and is there. */
  serve(node: string): boolean;
  /** Whether the broker keeps somebody else's info for the node, be they there or not. */
  announced(node: string): boolean;
  /** Whether a session is that of another agent, so that an info tells which nodes it serves. */
  isAgent(session: string): boolean;
}

export type InfoCame = (node: string, info: InfoMessage, message: LinkMessage) => void;

/** Who asks. */
export interface Self extends Pick<PartContext, 'topics' | 'session'> {
  readonly agent: string;
}

export function createOthers(self: Self): Others {
  return new OtherServers(self);
}

class OtherServers implements Others {
  private readonly self: Self;
  private readonly infos = new Map<string, InfoMessage>();
  private readonly agents = new Map<string, AgentMessage>();
  private readonly offline = new Set<string>();

  constructor(self: Self) {
    this.self = self;
  }

  async listen(link: Pick<Link, 'subscribe'>, infoCame: InfoCame): Promise<void> {
    const { topics } = this.self;
    await Promise.all([
      link.subscribe(topics.filter('agent'), (message) => this.learnAgent(message)),
      link.subscribe(topics.filter('availability'), (message) => this.learnAvailability(message)),
      link.subscribe(topics.filter('info'), (message) => {
        const node = topics.nodeOf(message.topic);
        const info = this.learnInfo(node, message);
        if (info !== null) infoCame(node, info, message);
      }),
    ]);
  }

  serve(node: string): boolean {
    const info = this.infos.get(node);
    if (info === undefined || this.offline.has(node)) return false;
    return info.via === undefined || agentServes(this.agents.get(info.via), info, node);
  }

  announced(node: string): boolean {
    return this.infos.has(node);
  }

  isAgent(session: string): boolean {
    return [...this.agents.values()].some((agent) => agent.session === session);
  }

  private learnAgent({ topic, payload }: LinkMessage): void {
    const { agent } = this.self.topics.parse('agent', topic) ?? {};
    const read = readMessage('agent', payload);
    if (agent === undefined || 'reason' in read) return;
    if (read.message.session !== this.self.session) this.agents.set(agent, read.message);
  }

  private learnAvailability({ topic, payload }: LinkMessage): void {
    const node = this.self.topics.nodeOf(topic);
    if (textOf(payload) === 'offline') this.offline.add(node);
    else this.offline.delete(node);
  }

  /** @returns the info, unless it is this agent's or nobody's any more. */
  private learnInfo(node: string, { payload, retained }: LinkMessage): InfoMessage | null {
    this.infos.delete(node);
    const read = readMessage('info', payload);
    if ('reason' in read || read.message.session === this.self.session) return null;
    // What the broker had kept from an earlier session of this agent stands for nobody any more.
    if (retained && read.message.via === this.self.agent) return null;
    this.infos.set(node, read.message);
    return read.message;
  }
}

/**
 * Whether an agent still stands behind an info. An agent that is offline in another session than the info's is an old
 * will that came late; one that is online in another session has started again, and lists what it serves now.
 */
function agentServes(agent: AgentMessage | undefined, info: InfoMessage, node: string): boolean {
  if (agent === undefined) return true;
  const isSameRun = agent.session === info.session;
  if (agent.state === 'offline') return !isSameRun;
  return isSameRun || agent.nodes.includes(node);
}
