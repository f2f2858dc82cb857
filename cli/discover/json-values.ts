export type JsonObject = Readonly<Record<string, unknown>>;

/** The object that parsed JSON is; undefined where it is something else. */
export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** What a message is as JSON; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Names, topics and units are shorter; what is longer is passed over, so that none takes long to look at. */
const LONGEST_TEXT = 1000;

/** The text under a key; undefined where there is none, or one that is too long. */
export function textUnder(object: JsonObject, key: string): string | undefined {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_TEXT ? value : undefined;
}

/** The list under a key; empty where there is none. */
export function listUnder(object: JsonObject, key: string): readonly unknown[] {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return Array.isArray(value) ? value : [];
}

/**
 * The path to a value in a JSON document, as inputs write it: AM2301.Temperature, Power[0], ["odd key"].
 *
 * @returns null where no path leads there.
 */
export function pathTo(keys: readonly (string | number)[]): string | null {
  let path = '';
  for (const key of keys) {
    if (typeof key === 'number') path += `[${key}]`;
    else if (/^[^.[\]"'\s]+$/.test(key)) path += path === '' ? key : `.${key}`;
    else if (key === '') return null;
    else if (!key.includes('"')) path += `["${key}"]`;
    else if (!key.includes("'")) path += `['${key}']`;
    else return null;
  }
  return path === '' ? null : path;
}
