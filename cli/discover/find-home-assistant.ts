import { type Announcement, announcementsIn, isDiscoveryTopic } from './announced-entities.js';
import type { Finding, FoundAvailability, FoundDevice, FoundValue } from './found-device.js';
import type { HeardTopic } from './heard-topics.js';
import { type JsonObject, listUnder, objectOf, textUnder } from './json-values.js';
import { lastAt, numberOf } from './last-value.js';
import { templatePath } from './template-path.js';

type Topics = ReadonlyMap<string, HeardTopic>;

/**
 * The sensors that were announced to Home Assistant, by device.
 *
 * @param isOwn whether a topic is one of this mesh, which announces itself there, too.
 * @see https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
 */
export function findHomeAssistant(topics: Topics, isOwn: (topic: string) => boolean): Finding {
  const devices = new Map<string, { name: string; values: FoundValue[]; availability?: FoundAvailability }>();
  const remarks: string[] = [];
  for (const announcement of announcementsIn(topics)) {
    const topic = textUnder(announcement.config, 'state_topic');
    if (topic === undefined || isOwn(topic)) continue;
    const template = textUnder(announcement.config, 'value_template');
    const path = templatePath(template);
    const { id, name } = deviceOf(announcement);
    if (path === null) {
      remarks.push(`${name}, ${nameOf(announcement)}: ${topic} by the template ${template}`);
      continue;
    }
    const device = devices.get(id) ?? { name, values: [] };
    const availability = device.availability ?? availabilityOf(announcement.config, topic);
    device.values.push(announcedValue(announcement, topic, path, topics));
    devices.set(id, { ...device, ...(availability && { availability }) });
  }
  return {
    devices: [...devices.values()].map((device): FoundDevice => ({ source: 'Home Assistant', ...device })),
    claims: isDiscoveryTopic,
    remarks,
  };
}

function announcedValue(
  announcement: Announcement,
  topic: string,
  path: string | undefined,
  topics: Topics,
): FoundValue {
  const { component, objectId, config } = announcement;
  const category = textUnder(config, 'entity_category');
  const deviceClass = textUnder(config, 'device_class');
  const isBinary = component === 'binary_sensor';
  const last = lastAt(topics, topic, path);
  const isText = !isBinary && !isNumeric(config) && numberOf(last) === undefined;
  return {
    topic,
    path,
    name: nameOf(announcement),
    fullName: objectId,
    last,
    unit: textUnder(config, 'unit_of_measurement'),
    deviceClass,
    isBinary,
    words: isBinary
      ? { on: wordOf(config, 'payload_on', 'ON'), off: wordOf(config, 'payload_off', 'OFF') }
      : undefined,
    isAside: (category !== undefined && deviceClass !== 'battery') || isText,
  };
}

/** What tells that a sensor's state is a number; one that does not may be text. */
function isNumeric(config: JsonObject): boolean {
  return (
    textUnder(config, 'unit_of_measurement') !== undefined || textUnder(config, 'state_class') !== undefined
  );
}

/** Payloads may be JSON's true and false, too. */
function wordOf(config: JsonObject, key: string, otherwise: string): string {
  const word = config[key];
  return typeof word === 'string' || typeof word === 'boolean' || typeof word === 'number'
    ? String(word)
    : otherwise;
}

function nameOf({ config, objectId }: Announcement): string {
  return textUnder(config, 'name') ?? textUnder(config, 'device_class') ?? objectId;
}

/** Its device: by its first identifier, else its first connection; without a device it is one itself. */
function deviceOf({ config, nodeId, objectId }: Announcement): { id: string; name: string } {
  const device = objectOf(config.device);
  const { identifiers } = device ?? {};
  const id = Array.isArray(identifiers)
    ? identifiers[0]
    : (identifiers ?? listUnder(device ?? {}, 'connections')[0]);
  const otherwise = nodeId === '' ? objectId : nodeId;
  const name = textUnder(device ?? {}, 'name') ?? otherwise;
  return { id: id === undefined ? JSON.stringify([nodeId, otherwise]) : JSON.stringify(id), name };
}

/** Of several topics the one nearest to the sensor's own: others tell of a bridge on the way. */
function availabilityOf(config: JsonObject, stateTopic: string): FoundAvailability | undefined {
  const single = textUnder(config, 'availability_topic');
  const entries: readonly JsonObject[] =
    single === undefined
      ? entriesOf(config.availability)
      : [{ ...config, topic: single, value_template: config.availability_template }];
  const found = entries.flatMap((entry): FoundAvailability[] => {
    const topic = textUnder(entry, 'topic');
    const path = templatePath(textUnder(entry, 'value_template'));
    if (topic === undefined || path === null) return [];
    const online = textUnder(entry, 'payload_available');
    const offline = textUnder(entry, 'payload_not_available');
    return [{ topic, path, online, offline }];
  });
  const nearness = ({ topic }: FoundAvailability): number => commonStart(topic, stateTopic);
  return found.toSorted((a, b) => nearness(b) - nearness(a))[0];
}

function entriesOf(availability: unknown): JsonObject[] {
  const entries: readonly unknown[] = Array.isArray(availability) ? availability : [availability];
  return entries.map(objectOf).filter((entry) => entry !== undefined);
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a[length] === b[length]) length += 1;
  return length;
}
