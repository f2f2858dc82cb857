import { reasonOf } from '../contract/errors.js';
import type { BrokerAttachment, LinkMessage, Will } from '../contract/link.js';
import type { Log } from '../contract/log.js';
import type { Listener, MessageQueue } from './message-queue.js';
import { createPublisher, type PublisherParts } from './publisher.js';
import type { RetainedStore } from './store/retained-store.js';

export interface AttachmentParts extends PublisherParts {
  readonly queue: MessageQueue;
  readonly retained: RetainedStore;
  readonly log: Log;
}

/** One part's session inside the broker's process, as the broker sees it. */
export interface Attachment extends BrokerAttachment {
  /** Ends its publishing because the broker stops; its subscriptions hear the others' last words. */
  publishWill(): Promise<void>;
}

type Handler = (message: LinkMessage) => void;

export function createAttachment(parts: AttachmentParts, name: string, will?: Will): Attachment {
  const publisher = createPublisher(parts);
  const subscriptions = createSubscriptions(parts, name, publisher.isWill);
  let finish = (): void => {};
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let open = true;
  let ending: Promise<void> | undefined;
  const lastWords = (graceful: boolean): Promise<void> => {
    if (open && !graceful && will !== undefined) publisher.publishWill(will);
    open = false;
    return publisher.settled();
  };
  return {
    ended,
    publish: (topic, payload, options) => open && publisher.publish(topic, payload, options),
    subscribe: subscriptions.add,
    publishWill: () => lastWords(false),
    end(graceful) {
      subscriptions.removeAll();
      ending ??= lastWords(graceful).then(finish);
      return ending;
    },
  };
}

interface Subscriptions {
  add(filter: string, handler: Handler): Promise<() => void>;
  removeAll(): void;
}

function createSubscriptions(
  { queue, retained, log }: AttachmentParts,
  name: string,
  isOwnWill: (payload: unknown) => boolean,
): Subscriptions {
  const standing = new Map<Listener, string>();
  let open = true;
  const deliver = (handler: Handler, message: LinkMessage): void => {
    try {
      handler(message);
    } catch (error) {
      log.error({ part: name, topic: message.topic, reason: reasonOf(error) }, 'a message handler failed');
    }
  };
  return {
    add: (filter, handler) =>
      new Promise((resolve) => {
        const listener: Listener = ({ topic, payload }, done) => {
          if (!isOwnWill(payload)) deliver(handler, { topic, payload: payload as Buffer, retained: false });
          done();
        };
        queue.inTurn(() => {
          for (const { topic, payload } of [...retained.matching(filter)]) {
            deliver(handler, { topic, payload: payload as Buffer, retained: true });
          }
          if (open) {
            standing.set(listener, filter);
            queue.on(filter, listener);
          }
          resolve(() => {
            if (standing.delete(listener)) queue.removeListener(filter, listener);
          });
        });
      }),
    removeAll() {
      open = false;
      for (const [listener, filter] of standing) queue.removeListener(filter, listener);
      standing.clear();
    },
  };
}
