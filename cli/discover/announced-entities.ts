import type { HeardTopic } from './heard-topics.js';
import { type JsonObject, objectOf, parseJson, textUnder } from './json-values.js';

/** A sensor that was announced to Home Assistant, with the full names of its keys. */
export interface Announcement {
  readonly component: string;
  /** The levels of its discovery topic, or the key among its device's components, that name it. */
  readonly nodeId: string;
  readonly objectId: string;
  readonly config: JsonObject;
}

/** <prefix>/<component>/[<node>/]<object>/config; its levels are of A-Za-z0-9_-. */
const DISCOVERY = /^homeassistant\/([\w-]+)\/(?:([\w-]+)\/)?([\w-]+)\/config$/;
const OURS = new Set(['sensor', 'binary_sensor']);

/**
 * The keys that are read here, by their abbreviations.
 *
 * @see https://www.home-assistant.io/integrations/mqtt/#supported-abbreviations-in-mqtt-discovery-messages
 */
const FULL_NAMES: Readonly<Record<string, string>> = {
  avty: 'availability',
  avty_t: 'availability_topic',
  avty_tpl: 'availability_template',
  cmps: 'components',
  cns: 'connections',
  dev: 'device',
  dev_cla: 'device_class',
  ent_cat: 'entity_category',
  ids: 'identifiers',
  p: 'platform',
  pl_avail: 'payload_available',
  pl_not_avail: 'payload_not_available',
  pl_off: 'payload_off',
  pl_on: 'payload_on',
  stat_cla: 'state_class',
  stat_t: 'state_topic',
  t: 'topic',
  unit_of_meas: 'unit_of_measurement',
  val_tpl: 'value_template',
};
/** Keys whose values have keys of their own that may be abbreviated. */
const NESTED = new Set(['availability', 'device']);

/** Every sensor and binary sensor that was announced, alone or among the components of its device. */
export function announcementsIn(topics: ReadonlyMap<string, HeardTopic>): Announcement[] {
  return [...topics.values()].flatMap(({ topic, text }) => {
    const [, component = '', nodeId = '', objectId = ''] = DISCOVERY.exec(topic) ?? [];
    const config = component === '' ? undefined : objectOf(parseJson(text));
    if (config === undefined) return [];
    if (component === 'device') return componentsOf(objectId, config);
    return OURS.has(component) ? [{ component, nodeId, objectId, config: fullNames(config) }] : [];
  });
}

/** Whether a topic is one of Home Assistant's own. */
export function isDiscoveryTopic(topic: string): boolean {
  return DISCOVERY.test(topic) || topic === 'homeassistant/status';
}

/** What stands beside the components holds for all of them. */
function componentsOf(deviceId: string, device: JsonObject): Announcement[] {
  const { components, ...shared } = fullNames(device);
  return Object.entries(objectOf(components) ?? {}).flatMap(([objectId, value]) => {
    const own = objectOf(value);
    const component = own === undefined ? undefined : (textUnder(own, 'platform') ?? textUnder(own, 'p'));
    // A component with nothing but its platform is one that was taken back.
    if (own === undefined || component === undefined || Object.keys(own).length === 1) return [];
    if (!OURS.has(component)) return [];
    const base = Object.hasOwn(device, '~') ? { '~': device['~'] } : {};
    return [
      { component, nodeId: deviceId, objectId, config: { ...shared, ...fullNames({ ...base, ...own }) } },
    ];
  });
}

/** With full names for keys, and the base topic where `~` stands for it at either end of a topic. */
function fullNames(config: JsonObject): JsonObject {
  const base = typeof config['~'] === 'string' ? config['~'] : undefined;
  const inner = (value: unknown): unknown => {
    const object = objectOf(value);
    return object === undefined ? value : renamed(object, base);
  };
  const full = renamed(config, base);
  const nested = Object.entries(full).filter(([key]) => NESTED.has(key));
  return {
    ...full,
    ...Object.fromEntries(
      nested.map(([key, value]) => [key, Array.isArray(value) ? value.map(inner) : inner(value)]),
    ),
  };
}

function renamed(object: JsonObject, base: string | undefined): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => {
      const name = Object.hasOwn(FULL_NAMES, key) ? (FULL_NAMES[key] ?? key) : key;
      return [name, typeof value === 'string' && /(^|_)topic$/.test(name) ? filled(value, base) : value];
    }),
  );
}

function filled(topic: string, base: string | undefined): string {
  if (base === undefined) return topic;
  if (topic.startsWith('~')) return `${base}${topic.slice(1)}`;
  return topic.endsWith('~') ? `${topic.slice(0, -1)}${base}` : topic;
}
