import type { FoundValue } from './found-device.js';
import { type JsonObject, listUnder, objectOf, textUnder } from './json-values.js';

/** What Zigbee2MQTT says of a property of a device. */
export type Exposed = Pick<FoundValue, 'unit' | 'isBinary' | 'words' | 'range' | 'isAside'>;

/** Bits of `access`: the device publishes it; it can be set. */
const PUBLISHED = 1;
const SETTABLE = 2;
const DEEPEST = 4;
/** What can be set and yet is how the thing stands, not how it is set up. */
const STANDS = /^(state|brightness|position)(_|$)/;

/**
 * The numbers and switches that a device publishes, by property.
 *
 * @param exposes of its definition in bridge/devices.
 * @see https://www.zigbee2mqtt.io/guide/usage/exposes.html
 */
export function readExposes(exposes: readonly unknown[], depth = 0): Map<string, Exposed> {
  const found = new Map<string, Exposed>();
  if (depth > DEEPEST) return found;
  for (const one of exposes.map(objectOf)) {
    if (one === undefined) continue;
    const property = textUnder(one, 'property');
    const { type } = one;
    if (type === 'numeric' || type === 'binary') {
      if (property !== undefined && isPublished(one)) found.set(property, exposed(one, property));
    } else if (type !== 'composite' && type !== 'list') {
      // A light, a switch, a climate: its features are properties of the device itself.
      for (const [name, inner] of readExposes(listUnder(one, 'features'), depth + 1)) found.set(name, inner);
    }
  }
  return found;
}

/** How a property that can be read is known; access 1 where it is not told. */
function accessOf({ access }: JsonObject): number {
  return typeof access === 'number' ? access : PUBLISHED;
}

function isPublished(one: JsonObject): boolean {
  return (accessOf(one) & PUBLISHED) !== 0;
}

function exposed(one: JsonObject, property: string): Exposed {
  const isSetting = (accessOf(one) & SETTABLE) !== 0 && !STANDS.test(property);
  const isDiagnosis = textUnder(one, 'category') !== undefined && property !== 'battery';
  const { type, value_on: on, value_off: off, value_min: min, value_max: max } = one;
  const isRange = typeof min === 'number' && typeof max === 'number' && min < max;
  return {
    unit: textUnder(one, 'unit'),
    isBinary: type === 'binary',
    words: type === 'binary' && isWord(on) && isWord(off) ? { on: String(on), off: String(off) } : undefined,
    range: isRange ? { min, max } : undefined,
    isAside: isSetting || isDiagnosis,
  };
}

function isWord(value: unknown): value is string | boolean {
  return typeof value === 'string' || typeof value === 'boolean';
}
