import type { Aedes, PublishPacket } from 'aedes';
import { type Clock, within } from '../contract/clock.js';
import { reasonOf } from '../contract/errors.js';
import type { BrokerAttachment, BrokerPort, LinkMessage, Will } from '../contract/link.js';
import type { Log } from '../contract/log.js';
import type { DeliveredPacket } from './hooks.js';
import type { Listener, MessageQueue } from './message-queue.js';
import type { RetainedStore } from './store/retained-store.js';

/** The sessions inside the broker's own process. */
export interface Attachments {
  readonly port: BrokerPort;
  /** Lets no session publish any more, and publishes their wills, to each other too. */
  publishWills(): Promise<unknown>;
  endAll(): Promise<unknown>;
}

export interface AttachmentParts {
  readonly aedes: Aedes;
  readonly queue: MessageQueue;
  readonly retained: RetainedStore;
  readonly clock: Clock;
  readonly log: Log;
}

interface Session extends BrokerAttachment {
  publishWill(): Promise<void>;
}

/** Messages of one session that subscribers have not taken yet; beyond it the session cannot keep up. */
const MOST_UNDER_WAY = 65_536;
/** How long a session waits for what it published to be taken. */
const LAST_WORDS_SECONDS = 0.5;

export function createAttachments(parts: AttachmentParts): Attachments {
  const sessions = new Set<Session>();
  let opened = 0;
  let closed = false;
  return {
    port: {
      attach({ name, will }) {
        opened += 1;
        const session = createSession(parts, `${name}#${opened}`, will);
        sessions.add(session);
        void session.ended.then(() => sessions.delete(session));
        if (closed) void session.end(true);
        return session;
      },
    },
    publishWills: () => Promise.all([...sessions].map((session) => session.publishWill())),
    endAll() {
      closed = true;
      return Promise.all([...sessions].map((session) => session.end(true)));
    },
  };
}

function createSession(
  { aedes, queue, retained, clock, log }: AttachmentParts,
  id: string,
  will?: Will,
): Session {
  const publisher = createPublisher(aedes, clock);
  const subscriptions = new Map<Listener, string>();
  let open = true;
  let ending: Promise<void> | undefined;
  let finish = (): void => {};
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const deliver = (
    handler: (message: LinkMessage) => void,
    packet: DeliveredPacket,
    isRetained: boolean,
  ): void => {
    try {
      handler({ topic: packet.topic, payload: packet.payload as Buffer, retained: isRetained });
    } catch (error) {
      log.error({ part: id, topic: packet.topic, reason: reasonOf(error) }, 'a message handler failed');
    }
  };
  const end = async (graceful: boolean): Promise<void> => {
    const unwilling = graceful || !open;
    open = false;
    for (const [listener, filter] of subscriptions) queue.removeListener(filter, listener);
    subscriptions.clear();
    if (!unwilling && will !== undefined) publisher.publish(will);
    await publisher.settled();
    finish();
  };
  return {
    ended,
    publish: (topic, payload, options) => open && publisher.publish({ topic, payload, ...options }),
    subscribe: (filter, handler) =>
      new Promise((resolve) => {
        const listener: Listener = (packet: DeliveredPacket, done) => {
          if (packet.clientId !== id) deliver(handler, packet, false);
          done();
        };
        const unsubscribe = (): void => {
          if (subscriptions.delete(listener)) queue.removeListener(filter, listener);
        };
        queue.inTurn(() => {
          for (const packet of [...retained.matching(filter)]) deliver(handler, packet, true);
          if (ending === undefined) {
            subscriptions.set(listener, filter);
            queue.on(filter, listener);
          }
          resolve(unsubscribe);
        });
      }),
    async publishWill() {
      open = false;
      if (will !== undefined) publisher.publish(will, id);
      await publisher.settled();
    },
    end(graceful) {
      ending ??= end(graceful);
      return ending;
    },
  };
}

interface Publisher {
  /** @param publisherId given for a will: its own publisher does not get it. */
  publish(message: Will, publisherId?: string): boolean;
  /** Resolves when what was published has been taken, or has had time enough. */
  settled(): Promise<void>;
}

function createPublisher(aedes: Aedes, clock: Clock): Publisher {
  let underWay = 0;
  let onQuiet = (): void => {};
  const taken = (): void => {
    underWay -= 1;
    if (underWay === 0) onQuiet();
  };
  return {
    publish({ topic, payload, qos, retain }, publisherId) {
      if (underWay >= MOST_UNDER_WAY) return false;
      underWay += 1;
      const packet: PublishPacket & { clientId?: string } = {
        cmd: 'publish',
        topic,
        payload: Buffer.from(payload),
        qos,
        retain,
        dup: false,
      };
      if (publisherId !== undefined) packet.clientId = publisherId;
      aedes.publish(packet, taken);
      return true;
    },
    async settled() {
      if (underWay === 0) return;
      const quiet = new Promise<void>((resolve) => {
        onQuiet = resolve;
      });
      await within(clock, LAST_WORDS_SECONDS, quiet);
    },
  };
}
