import type { Finding, FoundAvailability, FoundDevice, FoundValue } from './found-device.js';
import type { HeardTopic } from './heard-topics.js';
import { type JsonObject, listUnder, objectOf, parseJson, pathTo, textUnder } from './json-values.js';
import { type Exposed, readExposes } from './zigbee-exposes.js';

type Topics = ReadonlyMap<string, HeardTopic>;

const DEFAULT_BASE = 'zigbee2mqtt';
const BRIDGE = /^(.+)\/bridge\/(?:state|info|devices)$/;
const NOT_A_STATE = /\/(availability|set|get)$/;
/** What it publishes is in these units, whatever the device measures in. */
const UNITS: Readonly<Record<string, string>> = {
  temperature: '°C',
  humidity: '%',
  pressure: 'hPa',
  battery: '%',
};
/** A light's brightness where its exposes do not tell. */
const BRIGHTNESS = { min: 0, max: 254 };

/**
 * The devices of every Zigbee2MQTT: those that it lists, else those that spoke.
 *
 * @see https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html
 */
export function findZigbee2mqtt(topics: Topics): Finding {
  const bases = basesIn(topics);
  return {
    devices: bases.flatMap((base) => devicesOf(base, topics)),
    claims: (topic) => bases.some((base) => topic.startsWith(`${base}/`)),
  };
}

function basesIn(topics: Topics): string[] {
  const bases = new Set<string>();
  for (const topic of topics.keys()) {
    const base = BRIDGE.exec(topic)?.[1];
    if (base !== undefined) bases.add(base);
    if (topic.startsWith(`${DEFAULT_BASE}/`)) bases.add(DEFAULT_BASE);
  }
  return [...bases];
}

function devicesOf(base: string, topics: Topics): FoundDevice[] {
  const listed = listedDevices(topics.get(`${base}/bridge/devices`));
  const names = listed === undefined ? speakersOn(base, topics) : [...listed.keys()];
  return names.map((name) => {
    const topic = `${base}/${name}`;
    const state = objectOf(parseJson(topics.get(topic)?.text ?? '')) ?? {};
    const exposes = listed?.get(name);
    return {
      source: 'Zigbee2MQTT',
      name,
      values: valuesOf(topic, state, exposes),
      availability: availabilityOf(topics.get(`${topic}/availability`)),
    };
  });
}

/** The devices that it lists, with what each exposes where its model is known; undefined where there is no list. */
function listedDevices(
  list: HeardTopic | undefined,
): Map<string, Map<string, Exposed> | undefined> | undefined {
  const entries = list === undefined ? undefined : parseJson(list.text);
  if (!Array.isArray(entries)) return undefined;
  const listed = new Map<string, Map<string, Exposed> | undefined>();
  for (const entry of entries.map(objectOf)) {
    const name = entry === undefined ? undefined : textUnder(entry, 'friendly_name');
    if (entry === undefined || name === undefined) continue;
    if (entry.type === 'Coordinator' || entry.disabled === true) continue;
    const exposes = listUnder(objectOf(entry.definition) ?? {}, 'exposes');
    listed.set(name, exposes.length === 0 ? undefined : readExposes(exposes));
  }
  return listed;
}

/** Without a list: whatever publishes JSON objects, but no group of devices. */
function speakersOn(base: string, topics: Topics): string[] {
  const groups = new Set(
    asList(topics.get(`${base}/bridge/groups`)).map((group) => objectOf(group)?.friendly_name),
  );
  return [...topics.values()]
    .filter(({ topic }) => topic.startsWith(`${base}/`) && !topic.startsWith(`${base}/bridge/`))
    .filter(({ topic, text }) => !NOT_A_STATE.test(topic) && objectOf(parseJson(text)) !== undefined)
    .map(({ topic }) => topic.slice(base.length + 1))
    .filter((name) => !groups.has(name));
}

function asList(heard: HeardTopic | undefined): readonly unknown[] {
  const list = heard === undefined ? undefined : parseJson(heard.text);
  return Array.isArray(list) ? list : [];
}

/** What it exposes, heard or not; where that is not known, whatever of its message may be a value. */
function valuesOf(topic: string, state: JsonObject, exposes: Map<string, Exposed> | undefined): FoundValue[] {
  const properties = new Set([...(exposes?.keys() ?? []), ...Object.keys(state)]);
  return [...properties].flatMap((property) => {
    const path = pathTo([property]);
    const known = exposes?.get(property);
    const last = Object.hasOwn(state, property) ? (state[property] ?? undefined) : undefined;
    if (path === null || typeof last === 'object' || (last === undefined && known === undefined)) return [];
    return {
      topic,
      path,
      name: property,
      last,
      unit: known?.unit ?? UNITS[property],
      isBinary: known?.isBinary,
      words: known?.words,
      range: known?.range ?? (property === 'brightness' ? BRIGHTNESS : undefined),
      isAside: known?.isAside ?? exposes !== undefined,
    };
  });
}

/** Newer ones say JSON, older ones and `availability_payload: legacy` the bare word. */
function availabilityOf(heard: HeardTopic | undefined): FoundAvailability | undefined {
  if (heard === undefined) return undefined;
  return { topic: heard.topic, ...(objectOf(parseJson(heard.text)) === undefined ? {} : { path: 'state' }) };
}
