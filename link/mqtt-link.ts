import { type Clock, within } from '../contract/clock.js';
import { reasonOf } from '../contract/errors.js';
import type { Link, LinkOptions } from '../contract/link.js';
import type { Log } from '../contract/log.js';
import { createService } from '../contract/service.js';
import type { Connection } from './connection.js';
import { createOutbox, type Outbox } from './outbox.js';
import { createSubscriptions, type Subscriptions } from './subscriptions.js';

/** A link over one connection after another. */
export interface MqttLink extends Link {
  /** Renews the subscriptions over a new connection, then gives birth. */
  serve(connection: Connection): Promise<void>;
}

export interface MqttLinkParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the link closes. */
  readonly stop: AbortController;
}

/** The connection there is now, and what leaves over it. */
interface Current {
  readonly connection: Connection;
  readonly outbox: Outbox;
}

/** How long a closing link waits for acknowledgements, and then for the broker to hang up. */
const GOODBYE_SECONDS = 0.5;
/** What is published with QoS 1 arrives so. */
const SUBSCRIBE_OPTIONS = { qos: 1 } as const;

export function createMqttLink(options: LinkOptions, { clock, log, stop }: MqttLinkParts): MqttLink {
  const subscriptions = createSubscriptions(log);
  // Whoever keeps it takes its messages before they are acknowledged; here it is only subscribed to.
  if (options.kept !== undefined) subscriptions.add(options.kept.filter, () => {});
  let current: Current | undefined;
  let state: 'offline' | 'online' | 'closing' = 'offline';
  const service = createService(options.name, async () => {
    state = 'closing';
    // Before the goodbye, or the end of the connection would be taken for a loss.
    stop.abort();
    if (current !== undefined) await sayGoodbye(current, clock);
  });
  const link: MqttLink = {
    get online() {
      return state === 'online';
    },
    closed: service.closed,
    close: service.close,
    publish(topic, payload, { qos, retain }) {
      if (state !== 'online' || current === undefined) return false;
      return current.outbox.publish({ topic, payload, qos, retain });
    },
    async subscribe(filter, handler) {
      const subscription = subscriptions.add(filter, handler);
      if (current !== undefined) await request(current.connection, [filter], log);
      return () => {
        if (subscriptions.remove(subscription)) current?.connection.client.unsubscribe(filter);
      };
    },
    async serve(connection) {
      current = { connection, outbox: createOutbox(connection) };
      void connection.lost.then(() => {
        current = undefined;
        if (state === 'online') state = 'offline';
      });
      listen(connection, subscriptions, () => state !== 'closing');
      await request(connection, subscriptions.filters(), log);
      if (state === 'closing' || !connection.client.connected) return;
      state = 'online';
      giveBirth(options, link, log);
    },
  };
  return link;
}

function listen({ client }: Connection, subscriptions: Subscriptions, isOpen: () => boolean): void {
  client.on('message', (topic, payload, { retain }) => {
    if (isOpen()) subscriptions.deliver({ topic, payload, retained: retain });
  });
}

/** A subscription that the broker refuses is no reason to do without the others. */
async function request({ client }: Connection, filters: string[], log: Log): Promise<void> {
  if (filters.length === 0) return;
  try {
    await client.subscribeAsync(filters, SUBSCRIBE_OPTIONS);
  } catch (error) {
    if (client.connected) log.warn({ filters, reason: reasonOf(error) }, 'the broker refused a subscription');
  }
}

function giveBirth({ birth }: LinkOptions, link: Link, log: Log): void {
  try {
    birth?.(link);
  } catch (error) {
    log.error({ reason: reasonOf(error) }, 'a birth failed');
  }
}

async function sayGoodbye({ connection: { client }, outbox }: Current, clock: Clock): Promise<void> {
  await within(clock, GOODBYE_SECONDS, outbox.settled());
  await within(clock, GOODBYE_SECONDS, client.endAsync());
  client.end(true);
}
