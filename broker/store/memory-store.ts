import { Readable } from 'node:stream';
import type { AedesPublishPacket, ConnectPacket, Subscription } from 'aedes';
import { createRetainedStore, type RetainedStore } from './retained-store.js';
import { createSessionStore, type Outgoing, type SessionStore } from './session-store.js';

type Identified = { readonly id: string };
export type StoredWill = NonNullable<ConnectPacket['will']> & { brokerId?: string; clientId?: string };

/**
 * What the broker keeps while it runs; Aedes' `persistence`.
 *
 * The steps on a message's path (`storeRetained`, `subscriptionsByTopic`, `outgoingEnqueueCombi`) are done before
 * they return and say so at once. The engine numbers a message before these steps and gives a client no message with
 * a lower number than its last: with a promise here, a later message would overtake this one, which would be lost.
 */
export class MemoryStore {
  readonly retained: RetainedStore = createRetainedStore();
  readonly sessions: SessionStore = createSessionStore();
  readonly wills = new Map<string, StoredWill>();
  #brokerId = '';

  async setup(broker: Identified): Promise<void> {
    this.#brokerId = broker.id;
  }

  storeRetained(packet: AedesPublishPacket): AtOnce<void> {
    return atOnce(this.retained.keep(packet));
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    return Readable.from(each(filters, (filter) => this.retained.matching(filter)));
  }

  async addSubscriptions(client: Identified, subscriptions: readonly Subscription[]): Promise<void> {
    this.sessions.subscribe(client.id, subscriptions);
  }

  async removeSubscriptions(client: Identified, filters: readonly string[]): Promise<void> {
    this.sessions.unsubscribe(client.id, filters);
  }

  async cleanSubscriptions(client: Identified): Promise<void> {
    this.sessions.forget(client.id);
  }

  async subscriptionsByClient(client: Identified): Promise<Subscription[]> {
    return this.sessions.subscriptionsOf(client.id);
  }

  subscriptionsByTopic(topic: string): AtOnce<readonly { clientId: string; topic: string }[]> {
    return atOnce(this.sessions.subscriptionsTo(topic));
  }

  outgoingEnqueueCombi(
    subscriptions: readonly { clientId: string }[],
    packet: AedesPublishPacket,
  ): AtOnce<void> {
    for (const { clientId } of subscriptions) this.sessions.enqueue(clientId, packet);
    return atOnce(undefined);
  }

  async outgoingEnqueue(client: { clientId: string }, packet: AedesPublishPacket): Promise<void> {
    this.sessions.enqueue(client.clientId, packet);
  }

  async outgoingUpdate(client: Identified, packet: Outgoing): Promise<void> {
    this.sessions.update(client.id, packet);
  }

  async outgoingClearMessageId(client: Identified, packet: Outgoing): Promise<Outgoing | undefined> {
    return this.sessions.acknowledge(client.id, packet);
  }

  outgoingStream(client: Identified): Readable {
    return Readable.from(this.sessions.outgoing(client.id));
  }

  async incomingStorePacket(client: Identified, packet: AedesPublishPacket): Promise<void> {
    this.sessions.incoming(client.id).set(packet.messageId ?? 0, packet);
  }

  /** Rejects for an unknown packet: that is how the engine learns that it is new. */
  async incomingGetPacket(
    client: Identified,
    { messageId }: { messageId?: number },
  ): Promise<AedesPublishPacket> {
    const packet = this.sessions.incoming(client.id).get(messageId ?? 0);
    if (packet === undefined) throw new Error('no such packet');
    return packet;
  }

  async incomingDelPacket(client: Identified, { messageId }: { messageId?: number }): Promise<void> {
    this.sessions.incoming(client.id).delete(messageId ?? 0);
  }

  async putWill(client: Identified, will: StoredWill): Promise<void> {
    will.brokerId = this.#brokerId;
    will.clientId = client.id;
    this.wills.set(client.id, will);
  }

  async delWill(client: Identified): Promise<void> {
    this.wills.delete(client.id);
  }

  streamWill(brokers: Readonly<Record<string, unknown>>): Readable {
    return Readable.from([...this.wills.values()].filter((will) => !((will.brokerId ?? '') in brokers)));
  }
}

/** A promise that is kept already and tells so in the same turn. */
export interface AtOnce<Value> {
  then(kept: (value: Value) => void): void;
}

function atOnce<Value>(value: Value): AtOnce<Value> {
  // biome-ignore lint/suspicious/noThenProperty: what the engine calls is exactly this method.
  return { then: (kept) => kept(value) };
}

function* each<From, To>(items: readonly From[], expand: (item: From) => Iterable<To>): Iterable<To> {
  for (const item of items) yield* expand(item);
}
