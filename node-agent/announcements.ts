import type { Will } from '../contract/link.js';
import type { PartContext } from '../contract/part.js';
import type { AgentMessage } from '../contract/payloads/agent.js';
import { type InfoMessage, SCHEMA_VERSION } from '../contract/payloads/info.js';
import { createPacer } from './pacer.js';
import type { ServedNode } from './served-node.js';
import type { Voice } from './voice.js';

/** The list of an agent's nodes is published at most this often, for it grows with them. */
const AGENT_PAUSE_SECONDS = 0.1;

export interface AnnouncementOptions extends Pick<PartContext, 'topics' | 'clock' | 'session' | 'version'> {
  readonly agent: string;
  readonly voice: Voice;
  /** The names of the nodes that the agent serves now. */
  readonly nodeNames: () => string[];
}

/** What an agent and its nodes leave with the broker about themselves: who they are, and whether they are there. */
export interface Announcements {
  /** That the agent is gone, for the broker to publish when it vanishes. */
  readonly will: Will;
  /** The agent and the nodes it serves; soon after a change, all changes of a moment together. */
  agentChanged(): void;
  agentOnline(): void;
  agentOffline(): void;
  info(node: ServedNode): void;
  /** The node's info, and whether it is there. */
  birth(node: ServedNode): void;
  /** Whether the node is there. */
  availability(node: ServedNode): void;
  /**
   * That the node is not there any more; an adopted node's info is taken back.
   *
   * @returns false when the link could not take it.
   */
  farewell(node: ServedNode): boolean;
  /** Takes the info back that this agent published for a node. */
  withdrawInfo(node: string): void;
}

export function createAnnouncements(options: AnnouncementOptions): Announcements {
  const { topics, clock, session, agent, voice, nodeNames } = options;
  const pacer = createPacer(clock, AGENT_PAUSE_SECONDS);
  const gone: AgentMessage = { state: 'offline', session, nodes: [] };
  const info = (node: ServedNode): void => void voice.say('info', { node: node.name }, infoOf(node, options));
  const availability = ({ name, isLive }: ServedNode): void =>
    void voice.say('availability', { node: name }, isLive ? 'online' : 'offline');
  const agentOnline = (): void => {
    pacer.cancel();
    voice.say('agent', { agent }, { state: 'online', session, nodes: nodeNames() });
  };
  return {
    will: { topic: topics.build('agent', { agent }), payload: JSON.stringify(gone), qos: 1, retain: true },
    agentChanged: () => pacer.soon(agentOnline),
    agentOnline,
    agentOffline() {
      pacer.cancel();
      voice.say('agent', { agent }, gone);
    },
    info,
    birth(node) {
      info(node);
      availability(node);
    },
    availability,
    farewell({ name, adopted, inputs }) {
      const isSaid = voice.say('availability', { node: name }, 'offline');
      if (inputs.size > 0) voice.takeBack('status', { node: name });
      return isSaid && (!adopted || voice.takeBack('info', { node: name }));
    },
    withdrawInfo: (node) => void voice.takeBack('info', { node }),
  };
}

function infoOf(node: ServedNode, { agent, session, version }: AnnouncementOptions): InfoMessage {
  const { hardware, tauBaseSeconds, tauMaxSeconds, intervalSeconds, zone } = node.settings;
  const inputs = Object.entries(node.inputStatus).map(
    ([channel, { adapter, encoder, state, reason }]) =>
      [channel, { adapter, encoder, ...(state === 'degraded' ? { state, reason } : {}) }] as const,
  );
  return {
    schema: SCHEMA_VERSION,
    session,
    via: agent,
    ...(node.adopted ? { adopted: true } : {}),
    hardware,
    tau_base: tauBaseSeconds,
    tau_max: tauMaxSeconds,
    interval: intervalSeconds,
    capabilities: [...node.capabilities],
    ...(zone === undefined ? {} : { zone }),
    inputs: Object.fromEntries(inputs),
    version,
  };
}
