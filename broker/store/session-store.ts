import type { AedesPublishPacket, Subscription } from 'aedes';
import { createTopicTrie } from '../topic-trie.js';

/** A subscription of a session that outlives its connection. */
export interface StoredSubscription extends Subscription {
  readonly clientId: string;
}
/** What waits for a client: a message, or the release of one that it has received. */
export type Outgoing = AedesPublishPacket | { cmd: 'pubrel'; messageId: number; brokerCounter?: number };

interface Session {
  readonly subscriptions: Map<string, StoredSubscription>;
  /** By the broker's number of the message, in the order they came. */
  readonly outgoing: Map<number, Outgoing>;
  /** The broker's numbers of messages that are under way, by the number the client knows them by. */
  readonly underWay: Map<number, number>;
  /** QoS 2 messages of the client's that it has not released. */
  readonly incoming: Map<number, AedesPublishPacket>;
}

/** What the broker remembers of its clients between packets and between connections. */
export interface SessionStore {
  clientIds(): Iterable<string>;
  subscribe(clientId: string, subscriptions: readonly Subscription[]): void;
  unsubscribe(clientId: string, filters: readonly string[]): void;
  subscriptionsOf(clientId: string): StoredSubscription[];
  /** Subscriptions of kept sessions, of QoS 1 or 2, that a message on `topic` waits for. */
  subscriptionsTo(topic: string): readonly StoredSubscription[];
  enqueue(clientId: string, packet: AedesPublishPacket): void;
  /** Notes the number the client knows a message by, or that a message has become a release. */
  update(clientId: string, packet: Outgoing): void;
  /** Forgets what the client has acknowledged, and returns it. */
  acknowledge(clientId: string, packet: Outgoing): Outgoing | undefined;
  outgoing(clientId: string): Iterable<Outgoing>;
  incoming(clientId: string): Map<number, AedesPublishPacket>;
  forget(clientId: string): void;
}

/** Messages that wait for one client, as many as Mosquitto's max_queued_messages: later ones are dropped. */
const MOST_OUTGOING = 1000;

export function createSessionStore(): SessionStore {
  const sessions = new Map<string, Session>();
  const routes = createTopicTrie<StoredSubscription>();
  const open = (clientId: string): Session => {
    const session = sessions.get(clientId) ?? newSession();
    sessions.set(clientId, session);
    return session;
  };
  const drop = (session: Session, filter: string): void => {
    const subscription = session.subscriptions.get(filter);
    if (subscription !== undefined && subscription.qos > 0) routes.remove(filter, subscription);
    session.subscriptions.delete(filter);
  };
  return {
    clientIds: () => sessions.keys(),
    subscribe(clientId, subscriptions) {
      const session = open(clientId);
      for (const given of subscriptions) {
        const subscription = { ...given, clientId };
        drop(session, given.topic);
        session.subscriptions.set(given.topic, subscription);
        if (given.qos > 0) routes.add(given.topic, subscription);
      }
    },
    unsubscribe(clientId, filters) {
      const session = sessions.get(clientId);
      if (session !== undefined) for (const filter of filters) drop(session, filter);
    },
    subscriptionsOf: (clientId) => [...(sessions.get(clientId)?.subscriptions.values() ?? [])],
    subscriptionsTo: (topic) => routes.match(topic),
    enqueue(clientId, packet) {
      const { outgoing } = open(clientId);
      if (outgoing.size < MOST_OUTGOING) outgoing.set(packet.brokerCounter, { ...packet });
    },
    update: (clientId, packet) => updateOutgoing(open(clientId), packet),
    acknowledge: (clientId, packet) => takeOutgoing(sessions.get(clientId), packet),
    outgoing: (clientId) => [...(sessions.get(clientId)?.outgoing.values() ?? [])],
    incoming: (clientId) => open(clientId).incoming,
    forget(clientId) {
      const session = sessions.get(clientId);
      if (session === undefined) return;
      for (const filter of [...session.subscriptions.keys()]) drop(session, filter);
      sessions.delete(clientId);
    },
  };
}

function newSession(): Session {
  return { subscriptions: new Map(), outgoing: new Map(), underWay: new Map(), incoming: new Map() };
}

function updateOutgoing({ outgoing, underWay }: Session, packet: Outgoing): void {
  const { messageId } = packet;
  if (messageId === undefined) return;
  if (packet.cmd === 'pubrel') {
    const counter = underWay.get(messageId);
    if (counter !== undefined) outgoing.set(counter, { cmd: 'pubrel', messageId });
    return;
  }
  const waiting = outgoing.get(packet.brokerCounter);
  if (waiting === undefined) return;
  waiting.messageId = messageId;
  underWay.set(messageId, packet.brokerCounter);
}

function takeOutgoing(session: Session | undefined, packet: Outgoing): Outgoing | undefined {
  if (session === undefined) return undefined;
  const { messageId } = packet;
  const counter = messageId === undefined ? packet.brokerCounter : session.underWay.get(messageId);
  if (counter === undefined) return undefined;
  const taken = session.outgoing.get(counter);
  session.outgoing.delete(counter);
  if (messageId !== undefined) session.underWay.delete(messageId);
  return taken;
}
