import type { Aedes } from 'aedes';
import { type Clock, within } from '../contract/clock.js';
import type { PublishOptions, Will } from '../contract/link.js';

export interface PublisherParts {
  readonly aedes: Aedes;
  readonly clock: Clock;
}

/** Publishes for one session of this process, and knows what of it is still under way. */
export interface Publisher {
  /** @returns false when subscribers cannot keep up and the message was dropped. */
  publish(topic: string, payload: string, options: PublishOptions): boolean;
  publishWill(will: Will): void;
  /** Whether that payload, the very same object, is of the will published here: its own session does not hear it. */
  isWill(payload: unknown): boolean;
  /** Resolves when subscribers have taken all that was published, or have had time enough. */
  settled(): Promise<void>;
}

/** Messages that subscribers have not taken yet. */
const MOST_UNDER_WAY = 65_536;
const SETTLE_SECONDS = 0.5;

export function createPublisher({ aedes, clock }: PublisherParts): Publisher {
  let underWay = 0;
  let onQuiet = (): void => {};
  let willPayload: Buffer | undefined;
  const taken = (): void => {
    underWay -= 1;
    if (underWay === 0) onQuiet();
  };
  const send = (topic: string, payload: Buffer, { qos, retain }: PublishOptions): void => {
    underWay += 1;
    aedes.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false }, taken);
  };
  return {
    publish(topic, payload, options) {
      if (underWay >= MOST_UNDER_WAY) return false;
      send(topic, Buffer.from(payload), options);
      return true;
    },
    publishWill(will) {
      willPayload = Buffer.from(will.payload);
      send(will.topic, willPayload, will);
    },
    isWill: (payload) => payload === willPayload,
    async settled() {
      if (underWay === 0) return;
      const quiet = new Promise<void>((resolve) => {
        onQuiet = resolve;
      });
      await within(clock, SETTLE_SECONDS, quiet);
    },
  };
}
