import { join } from 'node:path';
import type { OutputContext } from '../contract/adapters.js';
import type { EventMessage } from '../contract/payloads/event.js';
import { openEventSpool } from './event-spool.js';
import { WebhookDelivery } from './webhook-delivery.js';
import type { SendWebhook } from './webhook-sender.js';

export interface WebhookEventsOptions {
  /** All unless given. */
  readonly types?: readonly EventMessage['type'][] | undefined;
  /** What they may take of the disk. */
  readonly limitBytes: number;
  readonly send: SendWebhook;
  readonly bodyOf: (event: EventMessage) => string;
}

/** Events on their way to a server. */
export interface WebhookEvents {
  /** Resolves once the event is safe on the disk. */
  take(event: EventMessage): Promise<void>;
  close(): Promise<void>;
}

/**
 * Delivers events to a server, those of earlier runs first.
 *
 * @throws Error with a sentence when they cannot be kept on the disk.
 */
export async function openWebhookEvents(
  options: WebhookEventsOptions,
  { clock, log, degrade, dataFolder }: OutputContext,
): Promise<WebhookEvents> {
  const { types, limitBytes, send, bodyOf } = options;
  const delivery = new WebhookDelivery({ clock, log, degrade, send, bodyOf });
  const folder = join(dataFolder, 'events');
  const spool = await openEventSpool({
    folder,
    limitBytes,
    dropped: (events) => delivery.lost(events),
    damaged: (bytes) => log.warn({ folder, bytes }, 'what stood on the disk cannot be read'),
  });
  const over = new AbortController();
  const running = delivery.run(spool, over.signal);
  return {
    async take(event) {
      if (types === undefined || types.includes(event.type)) await spool.append(JSON.stringify(event));
    },
    async close() {
      over.abort();
      await running;
      await spool.close();
    },
  };
}
