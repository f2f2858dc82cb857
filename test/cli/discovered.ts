import { parse } from 'yaml';
import { HeardTopics } from '../../cli/discover/heard-topics.js';
import { recogniseHouse } from '../../cli/discover/house.js';
import { type Origin, writeConfig } from '../../cli/discover/write-config.js';
import { configSchema } from '../../cli/settings.js';
import { parseConfig } from '../../contract/config/load.js';
import type { RecordedMessage } from '../support/recorded-house.js';

const ORIGIN: Origin = {
  url: 'mqtt://house:1883',
  seconds: 10,
  messages: 42,
  topics: 40,
  passedOver: 0,
  brokerUrl: 'mqtt://house:1883',
  hasUser: false,
  prefix: 'mesh',
  file: 'house.yaml',
};

/** What becomes of messages that were heard. */
export function discovered(messages: readonly RecordedMessage[], origin: Partial<Origin> = {}) {
  const heard = new HeardTopics();
  for (const { topic, payload } of messages) heard.take({ topic, payload: Buffer.from(payload) });
  const house = recogniseHouse(heard, (topic) => topic.startsWith('mesh/'));
  const text = writeConfig(house, { ...ORIGIN, ...origin });
  const { nodes = {} } = parseConfig(text, 'test', configSchema);
  return { house, text, nodes, heard };
}

/** What a configuration says of each channel, without defaults. */
export function written(messages: readonly RecordedMessage[]): Record<string, Record<string, object>> {
  const { nodes } = parse(discovered(messages).text) as {
    nodes: Record<string, { inputs: Record<string, object> }>;
  };
  return Object.fromEntries(Object.entries(nodes).map(([name, { inputs }]) => [name, inputs]));
}

export const message = (topic: string, payload: unknown): RecordedMessage => ({
  topic,
  payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
});
