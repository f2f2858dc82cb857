import type { AedesPublishPacket } from 'aedes';
import { hasWildcard, topicMatcher } from '../../contract/topic-filter.js';

/** The last retained message of each topic. */
export interface RetainedStore {
  readonly count: number;
  /** Keeps the message, or forgets its topic's when the payload is empty [MQTT-3.3.1-6]. */
  keep(packet: AedesPublishPacket): void;
  matching(filter: string): Iterable<AedesPublishPacket>;
}

export function createRetainedStore(): RetainedStore {
  const packets = new Map<string, AedesPublishPacket>();
  return {
    get count() {
      return packets.size;
    },
    keep(packet) {
      if (packet.payload.length === 0) packets.delete(packet.topic);
      else packets.set(packet.topic, { ...packet });
    },
    *matching(filter) {
      if (hasWildcard(filter)) {
        const matches = topicMatcher(filter);
        for (const [topic, packet] of packets) if (matches(topic)) yield packet;
        return;
      }
      const packet = packets.get(filter);
      if (packet !== undefined) yield packet;
    },
  };
}
