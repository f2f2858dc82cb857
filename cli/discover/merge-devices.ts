import { type FoundDevice, type FoundValue, keyOf } from './found-device.js';

/**
 * Devices seen by two ways become one: where an announced device speaks on a topic of one that was recognised by its
 * messages, what is known of it is added to that.
 *
 * @param recognised keep their names.
 * @param announced may tell more of each value.
 */
export function mergeDevices(
  recognised: readonly FoundDevice[],
  announced: readonly FoundDevice[],
): FoundDevice[] {
  const merged = [...recognised];
  const owners = new Map<string, number>();
  const taken = new Set<string>();
  for (const [index, { values }] of recognised.entries()) {
    for (const value of values) {
      taken.add(keyOf(value));
      if (!owners.has(value.topic)) owners.set(value.topic, index);
    }
  }
  for (const device of announced) {
    const owner = device.values.map(({ topic }) => owners.get(topic)).find((index) => index !== undefined);
    const known = owner === undefined ? undefined : merged[owner];
    const news = device.values.filter((value) => isNew(value, taken));
    if (owner !== undefined && known !== undefined) merged[owner] = enriched(known, device, news);
    else if (news.length > 0) merged.push({ ...device, values: news });
  }
  return merged;
}

function isNew(value: FoundValue, taken: Set<string>): boolean {
  const key = keyOf(value);
  if (taken.has(key)) return false;
  taken.add(key);
  return true;
}

function enriched(known: FoundDevice, told: FoundDevice, news: readonly FoundValue[]): FoundDevice {
  const byKey = new Map(told.values.map((value) => [keyOf(value), value]));
  return {
    ...known,
    values: [...known.values.map((value) => enrichedValue(value, byKey.get(keyOf(value)))), ...news],
    availability: known.availability ?? told.availability,
  };
}

function enrichedValue(value: FoundValue, told: FoundValue | undefined): FoundValue {
  if (told === undefined) return value;
  return {
    ...value,
    unit: told.unit ?? value.unit,
    deviceClass: told.deviceClass,
    isBinary: value.isBinary ?? told.isBinary,
    words: value.words ?? told.words,
    isAside: value.isAside === true || told.isAside === true,
  };
}
