import type { z } from 'zod';
import type { Link } from './link.js';
import { TOPIC_TABLE, type TopicName } from './topic-table.js';
import type { TopicParameters, Topics } from './topics.js';
import { type Read, readJson } from './wire.js';

/** The payload that belongs on a topic, by its schema. */
export type PayloadOf<Name extends TopicName> = z.output<(typeof TOPIC_TABLE)[Name]['payload']>;

/**
 * Publishes a message on its topic, with the QoS and the retain flag that the table gives it.
 *
 * @returns false when the link dropped it, see {@link Link.publish}.
 */
export function publishMessage<Name extends TopicName>(
  link: Link,
  topics: Topics,
  name: Name,
  parameters: TopicParameters<Name>,
  message: PayloadOf<Name>,
): boolean {
  const { qos, retained } = TOPIC_TABLE[name];
  const payload = typeof message === 'string' ? message : JSON.stringify(message);
  return link.publish(topics.build(name, parameters), payload, { qos: qos === 1 ? 1 : 0, retain: retained });
}

/**
 * Reads a JSON message of a topic, by the schema and the size that the table gives it.
 *
 * @returns the message, or `reason`: what was found, where, and what would be right, in one sentence.
 */
export function readMessage<Name extends TopicName>(name: Name, payload: Uint8Array): Read<PayloadOf<Name>> {
  const { payload: schema, mostBytes } = TOPIC_TABLE[name];
  return readJson(schema, payload, mostBytes) as Read<PayloadOf<Name>>;
}
