import type { IPublishPacket, MqttClient } from 'mqtt';
import type { Link } from '../../contract/link.js';
import { topicMatcher } from '../../contract/topic-filter.js';

/** A message as a test looks at it. */
export interface Received {
  readonly topic: string;
  readonly payload: Buffer;
  readonly text: string;
  readonly retained: boolean;
  /** Of MQTT 5; none from a link. */
  readonly properties: object;
  json(): unknown;
}

export type Source = Link | MqttClient;
type Predicate = (message: Received) => boolean;

/** Everything that has come on a filter since the subscription stood. */
export interface Collected {
  readonly messages: readonly Received[];
  /** The next message that `predicate` takes, after the one that the last call returned; it may have come already. */
  next(predicate?: Predicate, limitSeconds?: number): Promise<Received>;
  /** Resolves once there are so many messages in all. */
  count(wanted: number, limitSeconds?: number): Promise<readonly Received[]>;
  stop(): void;
}

const LIMIT_SECONDS = 5;

/** Collects what comes on a filter; resolves once the subscription stands. */
export async function collect(source: Source, filter: string): Promise<Collected> {
  const messages: Received[] = [];
  const watchers = new Set<() => void>();
  let seen = 0;
  const stop = await subscribe(source, filter, (message) => {
    messages.push(message);
    for (const watch of [...watchers]) watch();
  });
  const until = <Result>(find: () => Result | undefined, wanted: string, seconds: number): Promise<Result> =>
    new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        watchers.delete(watch);
      };
      const watch = (): void => {
        const result = find();
        if (result === undefined) return;
        done();
        resolve(result);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`${wanted} on ${filter} within ${seconds} s; there came ${describe(messages)}`));
      }, seconds * 1000);
      watchers.add(watch);
      watch();
    });
  return {
    messages,
    stop,
    next: (predicate = () => true, seconds = LIMIT_SECONDS) =>
      until(
        () => {
          const index = messages.findIndex((message, at) => at >= seen && predicate(message));
          if (index === -1) return undefined;
          seen = index + 1;
          return messages[index];
        },
        'no such message',
        seconds,
      ),
    count: (wanted, seconds = LIMIT_SECONDS) =>
      until(() => (messages.length >= wanted ? messages : undefined), `not ${wanted} messages`, seconds),
  };
}

/**
 * The first message on a filter that `predicate` takes. The subscription may not stand yet when this returns: where
 * another connection publishes at once, `collect` first and then ask for `next`.
 */
export async function nextMessage(
  source: Source,
  filter: string,
  predicate?: Predicate,
  limitSeconds?: number,
): Promise<Received> {
  const collected = await collect(source, filter);
  try {
    return await collected.next(predicate, limitSeconds);
  } finally {
    collected.stop();
  }
}

async function subscribe(
  source: Source,
  filter: string,
  take: (message: Received) => void,
): Promise<() => void> {
  if (!('subscribeAsync' in source)) {
    return source.subscribe(filter, ({ topic, payload, retained }) =>
      take(received(topic, payload, retained)),
    );
  }
  const matches = topicMatcher(filter);
  const onMessage = (topic: string, payload: Buffer, packet: IPublishPacket): void => {
    if (matches(topic)) take(received(topic, payload, packet.retain, packet.properties));
  };
  source.on('message', onMessage);
  await source.subscribeAsync(filter, { qos: 1 });
  return () => {
    source.off('message', onMessage);
    if (source.connected) source.unsubscribe(filter);
  };
}

function received(topic: string, bytes: Uint8Array, retained: boolean, properties: object = {}): Received {
  const payload = Buffer.from(bytes);
  const text = payload.toString('utf8');
  return { topic, payload, text, retained, properties, json: () => JSON.parse(text) };
}

function describe(messages: readonly Received[]): string {
  if (messages.length === 0) return 'none';
  const last = messages.slice(-5).map(({ topic, text }) => `${topic} ${text.slice(0, 80)}`);
  return `${messages.length}, the last: ${last.join(' | ')}`;
}
