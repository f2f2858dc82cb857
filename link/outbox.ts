import type { Will as Message } from '../contract/link.js';
import type { Connection } from './connection.js';

/** What leaves over one connection: in order, and never waiting without bound. */
export interface Outbox {
  /** @returns false when the connection cannot keep up and the message was dropped. */
  publish(message: Message): boolean;
  /** Resolves when all has been sent, and all of QoS 1 acknowledged. */
  settled(): Promise<void>;
}

/** Bytes that may wait, in the socket and here. QoS 0 is soon stale; births of thousands of nodes come at once. */
const MOST_WAITING_BYTES = { 0: 1 << 20, 1: 16 << 20 } as const;
/** QoS 1 messages without acknowledgement, even if the broker takes more. */
const MOST_UNDER_WAY = 1000;

export function createOutbox({ client, receiveMaximum }: Connection): Outbox {
  const mostUnderWay = Math.min(receiveMaximum, MOST_UNDER_WAY);
  const waiting: Message[] = [];
  let next = 0;
  let waitingBytes = 0;
  let underWay = 0;
  let onSettled = (): void => {};

  const send = ({ topic, payload, qos, retain }: Message): void => {
    if (qos === 0) {
      client.publish(topic, payload, { qos, retain });
      return;
    }
    underWay += 1;
    client.publish(topic, payload, { qos, retain }, acknowledged);
  };
  const acknowledged = (): void => {
    underWay -= 1;
    for (
      let message = waiting[next];
      message !== undefined && underWay < mostUnderWay;
      message = waiting[next]
    ) {
      next += 1;
      waitingBytes -= sizeOf(message);
      send(message);
    }
    if (next === waiting.length) {
      waiting.length = 0;
      next = 0;
      if (underWay === 0) onSettled();
    }
  };
  return {
    publish(message) {
      if (client.stream.writableLength + waitingBytes > MOST_WAITING_BYTES[message.qos]) return false;
      if (waiting.length === 0 && (message.qos === 0 || underWay < mostUnderWay)) {
        send(message);
      } else {
        waiting.push(message);
        waitingBytes += sizeOf(message);
      }
      return true;
    },
    settled: () =>
      new Promise((resolve) => {
        onSettled = resolve;
        if (underWay === 0) resolve();
      }),
  };
}

function sizeOf({ topic, payload }: Message): number {
  return topic.length + payload.length;
}
