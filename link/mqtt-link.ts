import { type Clock, within } from '../contract/clock.js';
import { reasonOf } from '../contract/errors.js';
import type { Link, LinkOptions } from '../contract/link.js';
import type { Log } from '../contract/log.js';
import { createService } from '../contract/service.js';
import type { Connection } from './connection.js';
import { createOutbox, type Outbox } from './outbox.js';
import { createSubscriptions } from './subscriptions.js';

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

/** How long a closing link waits for acknowledgements, and then for the broker to hang up. */
const GOODBYE_SECONDS = 0.5;
/** What parts publish with QoS 1 shall reach parts so. */
const SUBSCRIBE_OPTIONS = { qos: 1 } as const;

export function createMqttLink(options: LinkOptions, { clock, log, stop }: MqttLinkParts): MqttLink {
  const subscriptions = createSubscriptions(log);
  let current: { readonly connection: Connection; readonly outbox: Outbox } | undefined;
  let online = false;
  let closing = false;

  const request = async ({ client }: Connection, filters: string[]): Promise<void> => {
    if (filters.length === 0) return;
    try {
      await client.subscribeAsync(filters, SUBSCRIBE_OPTIONS);
    } catch (error) {
      if (client.connected)
        log.warn({ filters, reason: reasonOf(error) }, 'the broker refused a subscription');
    }
  };
  const service = createService(options.name, async () => {
    closing = true;
    online = false;
    if (current !== undefined) {
      const { connection, outbox } = current;
      await within(clock, GOODBYE_SECONDS, outbox.settled());
      await within(clock, GOODBYE_SECONDS, connection.client.endAsync());
      connection.client.end(true);
    }
    stop.abort();
  });
  const link: MqttLink = {
    get online() {
      return online;
    },
    closed: service.closed,
    close: service.close,
    publish(topic, payload, { qos, retain }) {
      if (!online || current === undefined) return false;
      return current.outbox.publish({ topic, payload, qos, retain });
    },
    async subscribe(filter, handler) {
      const subscription = subscriptions.add(filter, handler);
      if (current !== undefined) await request(current.connection, [filter]);
      return () => {
        if (subscriptions.remove(subscription)) current?.connection.client.unsubscribe(filter);
      };
    },
    async serve(connection) {
      const { client, lost } = connection;
      current = { connection, outbox: createOutbox(connection) };
      void lost.then(() => {
        online = false;
        current = undefined;
      });
      client.on('message', (topic, payload, { retain }) => {
        if (!closing) subscriptions.deliver({ topic, payload, retained: retain });
      });
      await request(connection, subscriptions.filters());
      if (closing || !client.connected) return;
      online = true;
      giveBirth(options, link, log);
    },
  };
  return link;
}

function giveBirth({ birth }: LinkOptions, link: Link, log: Log): void {
  try {
    birth?.(link);
  } catch (error) {
    log.error({ reason: reasonOf(error) }, 'a birth failed');
  }
}
