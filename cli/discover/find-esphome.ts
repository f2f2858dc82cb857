import type { Finding, FoundDevice, FoundValue } from './found-device.js';
import type { HeardTopic } from './heard-topics.js';

type Topics = ReadonlyMap<string, HeardTopic>;

const STATE = /^(.+)\/(sensor|binary_sensor)\/([^/]+)\/state$/;
const OWN_LEVELS = /^(?:status|debug|[a-z_]+\/[^/]+\/(?:state|command)(?:\/.*)?)$/;

/**
 * The devices of ESPHome: a bare value on <prefix>/sensor/<name>/state.
 *
 * @see https://esphome.io/components/mqtt/
 */
export function findEsphome(topics: Topics): Finding {
  const devices = new Map<string, FoundValue[]>();
  for (const { topic, text } of topics.values()) {
    const [, prefix, component, name] = STATE.exec(topic) ?? [];
    if (prefix === undefined || component === undefined || name === undefined) continue;
    const values = devices.get(prefix) ?? [];
    values.push(esphomeValue(topic, text, component, shortName(prefix, name)));
    devices.set(prefix, values);
  }
  return {
    devices: [...devices].map(([prefix, values]) => deviceOf(prefix, values, topics)),
    claims: (topic) =>
      [...topic.matchAll(/\//g)].some(
        ({ index }) => devices.has(topic.slice(0, index)) && OWN_LEVELS.test(topic.slice(index + 1)),
      ),
  };
}

function esphomeValue(topic: string, text: string, component: string, name: string): FoundValue {
  // A sensor that has nothing to tell yet says nan: that it is a number is known all the same.
  const last = text === 'nan' ? undefined : text;
  return { topic, name, last, isBinary: component === 'binary_sensor' };
}

function deviceOf(prefix: string, values: readonly FoundValue[], topics: Topics): FoundDevice {
  const status = `${prefix}/status`;
  const availability = topics.has(status) ? { topic: status } : undefined;
  return { source: 'ESPHome', name: prefix, values, availability };
}

/** Names mostly begin with that of the device: attic_temperature of the attic. */
function shortName(prefix: string, name: string): string {
  const device = `${prefix.slice(prefix.lastIndexOf('/') + 1).replace(/[^a-z0-9]/gi, '_')}_`;
  const isLonger = name.length > device.length;
  return isLonger && name.toLowerCase().startsWith(device.toLowerCase()) ? name.slice(device.length) : name;
}
