import type { Finding, FoundAvailability, FoundDevice, FoundValue } from './found-device.js';
import type { HeardTopic } from './heard-topics.js';
import { type JsonObject, listUnder, objectOf, parseJson, pathTo, textUnder } from './json-values.js';
import { isKnownWord } from './last-value.js';

type Topics = ReadonlyMap<string, HeardTopic>;

/** What Tasmota calls itself on its discovery topic. */
interface Announced {
  readonly name: string;
  readonly online: string | undefined;
  readonly offline: string | undefined;
  readonly words: { readonly on: string; readonly off: string } | undefined;
  readonly switches: readonly string[];
  /** What it would say on SENSOR. */
  readonly sensors: JsonObject;
}

const DISCOVERY = /^tasmota\/discovery\/([^/]+)\/(?:config|sensors)$/;
const TELEMETRY = /\/(?:SENSOR|STATE|LWT)$/;
const PREFIXES = ['tele', 'stat', 'cmnd'];
const DEEPEST = 4;
const MOST_OF_A_LIST = 8;
const UNITS: Readonly<Record<string, string>> = { humidity: '%' };
const UNIT_KEYS: Readonly<Record<string, string>> = {
  temperature: 'TempUnit',
  dewpoint: 'TempUnit',
  pressure: 'PressureUnit',
};

/**
 * The devices of Tasmota: those that announce themselves, and those that spoke. Either order of topics is known:
 * tele/plug/SENSOR and plug/tele/SENSOR.
 *
 * @see https://tasmota.github.io/docs/MQTT/, https://tasmota.github.io/docs/Tasmota-Device-Auto-Discovery/
 */
export function findTasmota(topics: Topics): Finding {
  const announced = announcedIn(topics);
  const bases = new Set([...announced.keys(), ...speakersIn(topics)]);
  const names = new Set([...bases].map(nameIn));
  return {
    devices: [...bases].map((base) => deviceOf(base, announced.get(base), topics)),
    claims(topic) {
      const base = baseOf(topic);
      return (
        DISCOVERY.test(topic) ||
        bases.has(base) ||
        (nameIn(base) !== base.slice(0, -1) && names.has(nameIn(base)))
      );
    },
  };
}

/** Where devices speak: the levels before SENSOR, with the slash. */
function speakersIn(topics: Topics): string[] {
  return [...topics.keys()]
    .filter((topic) => TELEMETRY.test(topic) && topic.split('/').includes('tele'))
    .map(baseOf)
    .filter((base) => nameIn(base) !== '');
}

function baseOf(topic: string): string {
  return topic.slice(0, topic.lastIndexOf('/') + 1);
}

/** What is left of the levels without tele, stat or cmnd. */
function nameIn(base: string): string {
  const levels = base.split('/').slice(0, -1);
  const prefix = levels.findIndex((level) => PREFIXES.includes(level));
  return levels.filter((_, index) => index !== prefix).join('/');
}

/** What devices announce, by where they speak. */
function announcedIn(topics: Topics): Map<string, Announced> {
  const announced = new Map<string, Announced>();
  for (const { topic, text } of topics.values()) {
    const address = topic.endsWith('/config') ? DISCOVERY.exec(topic)?.[1] : undefined;
    const config = address === undefined ? undefined : objectOf(parseJson(text));
    if (config === undefined) continue;
    const sensors = objectOf(parseJson(topics.get(`tasmota/discovery/${address}/sensors`)?.text ?? ''));
    const base = teleBase(config);
    if (base !== null) announced.set(base, announcedBy(config, objectOf(sensors?.sn) ?? {}));
  }
  return announced;
}

/** Where a device speaks, out of its full topic: %prefix%/%topic%/ is tele/plug/. */
function teleBase(config: JsonObject): string | null {
  const tele = listUnder(config, 'tp')[2];
  const topic = textUnder(config, 't');
  const pattern = textUnder(config, 'ft');
  if (typeof tele !== 'string' || topic === undefined || pattern === undefined) return null;
  const base = pattern.replace('%prefix%', () => tele).replace('%topic%', () => topic);
  return base.includes('%') ? null : `${base.replace(/\/+$/, '')}/`;
}

function announcedBy(config: JsonObject, sensors: JsonObject): Announced {
  const [off, on] = listUnder(config, 'state');
  const relays = listUnder(config, 'rl').filter((kind) => kind === 1 || kind === 2).length;
  return {
    name: textUnder(config, 't') ?? '',
    online: textUnder(config, 'onln'),
    offline: textUnder(config, 'ofln'),
    words: typeof on === 'string' && typeof off === 'string' ? { on, off } : undefined,
    switches: relays === 1 ? ['POWER'] : Array.from({ length: relays }, (_, index) => `POWER${index + 1}`),
    sensors,
  };
}

function deviceOf(base: string, announced: Announced | undefined, topics: Topics): FoundDevice {
  const documentAt = (kind: string): JsonObject | undefined =>
    objectOf(parseJson(topics.get(`${base}${kind}`)?.text ?? ''));
  const state = documentAt('STATE');
  const switches = state === undefined ? (announced?.switches ?? []) : Object.keys(state).filter(isSwitch);
  const sensors = documentAt('SENSOR') ?? announced?.sensors ?? {};
  return {
    source: 'Tasmota',
    name: announced?.name ?? nameIn(base),
    values: [
      ...valuesIn(sensors, `${base}SENSOR`, announced?.words),
      ...switches.map((name) => switchOf(name, `${base}STATE`, state?.[name], announced?.words)),
    ],
    availability: availabilityOf(`${base}LWT`, announced, topics),
  };
}

function isSwitch(key: string): boolean {
  return /^POWER\d*$/.test(key);
}

function switchOf(path: string, topic: string, last: unknown, words: Announced['words']): FoundValue {
  return { topic, path, name: path.replace('POWER', 'state'), last, isBinary: true, words };
}

/** Numbers and switches at any depth: AM2301.Temperature, ENERGY.Power[0], Switch1. */
function valuesIn(document: JsonObject, topic: string, words: Announced['words']): FoundValue[] {
  const values: FoundValue[] = [];
  const visit = (value: unknown, keys: readonly (string | number)[]): void => {
    const inner = objectOf(value);
    if (inner !== undefined && keys.length < DEEPEST) {
      for (const [key, one] of Object.entries(inner)) visit(one, [...keys, key]);
    } else if (Array.isArray(value) && keys.length < DEEPEST) {
      for (const [index, one] of value.slice(0, MOST_OF_A_LIST).entries()) visit(one, [...keys, index]);
    } else {
      const path = pathTo(keys);
      if (path !== null) values.push({ topic, path, ...describeValue(keys, value, document, words) });
    }
  };
  visit(document, []);
  return values.filter(({ last }) => typeof last === 'number' || isSwitchWord(last, words));
}

function isSwitchWord(last: unknown, words: Announced['words']): boolean {
  if (typeof last !== 'string') return false;
  return isKnownWord(last) || last === words?.on || last === words?.off;
}

function describeValue(
  keys: readonly (string | number)[],
  last: unknown,
  document: JsonObject,
  words: Announced['words'],
): Pick<FoundValue, 'name' | 'fullName' | 'last' | 'unit' | 'unitPath' | 'words'> {
  const [key = '', index] = keys.slice(typeof keys.at(-1) === 'number' ? -2 : -1).map(String);
  const unitKey = UNIT_KEYS[key.toLowerCase()];
  return {
    name: index === undefined ? key : `${key} ${index}`,
    fullName: keys.join(' '),
    last,
    unit: UNITS[key.toLowerCase()],
    unitPath: unitKey !== undefined && textUnder(document, unitKey) !== undefined ? unitKey : undefined,
    words: typeof last === 'string' ? words : undefined,
  };
}

/** Its last will, where it was heard or announced. */
function availabilityOf(
  topic: string,
  announced: Announced | undefined,
  topics: Topics,
): FoundAvailability | undefined {
  if (announced === undefined && !topics.has(topic)) return undefined;
  return { topic, online: announced?.online, offline: announced?.offline };
}
