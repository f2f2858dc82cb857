import type { LinkMessage } from '../../contract/link.js';
import { textOf } from '../../contract/wire.js';

/** What came last on a topic, and how often something came. */
export interface HeardTopic {
  readonly topic: string;
  readonly text: string;
  readonly bytes: number;
  readonly messages: number;
}

const MOST_TOPICS = 10_000;
/** No input can hear a longer one. */
const LONGEST_TOPIC = 1000;
const MOST_PAYLOAD_BYTES = 64 * 1024;
/** Zigbee2MQTT lists all of its devices in one message: some kilobytes each. */
const LISTS = /\/bridge\/(devices|groups)$/;
const MOST_LIST_BYTES = 4 * 1024 * 1024;
const MOST_BYTES = 64 * 1024 * 1024;
/** Control characters, line separators, halves of characters: no device's topic has them, and terminals obey them. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/** Collects what comes on a broker; its size is bounded. */
export class HeardTopics {
  readonly topics = new Map<string, HeardTopic>();
  /** Messages in all, those that were passed over included. */
  messages = 0;
  /** Messages that were not looked at: too large, or on a topic too many, too long or with control characters. */
  passedOver = 0;
  private bytes = 0;

  take({ topic, payload }: Pick<LinkMessage, 'topic' | 'payload'>): void {
    this.messages += 1;
    const before = this.topics.get(topic);
    // An empty retained message takes back what was there before.
    if (payload.length === 0) return this.forget(before);
    if (!this.hasRoom(topic, payload.length, before)) {
      this.passedOver += 1;
      return;
    }
    this.bytes += payload.length - (before?.bytes ?? 0);
    const messages = (before?.messages ?? 0) + 1;
    this.topics.set(topic, { topic, text: textOf(payload), bytes: payload.length, messages });
  }

  private hasRoom(topic: string, length: number, before: HeardTopic | undefined): boolean {
    if (length > (LISTS.test(topic) ? MOST_LIST_BYTES : MOST_PAYLOAD_BYTES)) return false;
    if (before === undefined && (this.topics.size >= MOST_TOPICS || !isTopic(topic))) return false;
    return this.bytes + length <= MOST_BYTES;
  }

  private forget(before: HeardTopic | undefined): void {
    if (before === undefined) return;
    this.bytes -= before.bytes;
    this.topics.delete(before.topic);
  }
}

function isTopic(topic: string): boolean {
  return topic.length <= LONGEST_TOPIC && isPlain(topic);
}

/** Whether a text can stand in a configuration and on a terminal as it is. */
export function isPlain(text: string): boolean {
  return !UNPRINTABLE.test(text);
}
