import { reasonOf } from '../contract/errors.js';
import type { LinkMessage } from '../contract/link.js';
import type { Log } from '../contract/log.js';
import { topicMatcher } from '../contract/topic-filter.js';

/** What a link delivers to whom, whatever connection it has now. */
export interface Subscriptions {
  filters(): string[];
  add(filter: string, handler: (message: LinkMessage) => void): Subscription;
  /** @returns true when nobody is left for its filter. */
  remove(subscription: Subscription): boolean;
  deliver(message: LinkMessage): void;
}

export interface Subscription {
  readonly filter: string;
  readonly matches: (topic: string) => boolean;
  readonly handler: (message: LinkMessage) => void;
}

/** Topics whose subscriptions are remembered: the phases of tens of thousands of nodes. */
const MOST_REMEMBERED = 32_768;

export function createSubscriptions(log: Log): Subscriptions {
  const standing = new Set<Subscription>();
  const remembered = new Map<string, readonly Subscription[]>();
  const find = (topic: string): readonly Subscription[] => {
    const found = [...standing].filter(({ matches }) => matches(topic));
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(topic, found);
    return found;
  };
  return {
    filters: () => [...new Set([...standing].map(({ filter }) => filter))],
    add(filter, handler) {
      const subscription = { filter, matches: topicMatcher(filter), handler };
      standing.add(subscription);
      remembered.clear();
      return subscription;
    },
    remove(subscription) {
      remembered.clear();
      const stood = standing.delete(subscription);
      return stood && ![...standing].some(({ filter }) => filter === subscription.filter);
    },
    deliver(message) {
      for (const { handler } of remembered.get(message.topic) ?? find(message.topic)) {
        try {
          handler(message);
        } catch (error) {
          log.error({ topic: message.topic, reason: reasonOf(error) }, 'a message handler failed');
        }
      }
    },
  };
}
