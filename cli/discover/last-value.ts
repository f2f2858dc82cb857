import { createJsonPath } from '../../adapters/json-path.js';
import { createValueReader } from '../../adapters/value-reader.js';
import type { FoundValue } from './found-device.js';
import type { HeardTopic } from './heard-topics.js';
import { parseJson } from './json-values.js';

/** What came last on a topic, at a path of it; undefined where nothing did. */
export function lastAt(
  topics: ReadonlyMap<string, HeardTopic>,
  topic: string,
  path: string | undefined,
): unknown {
  const heard = topics.get(topic);
  if (heard === undefined) return undefined;
  return path === undefined ? heard.text : createJsonPath(path)(parseJson(heard.text));
}

/** With its unit, and with room to spare. */
const LONGEST_NUMBER = 100;

/** Reads without a map: a number, or a word that every input knows. */
const read = createValueReader({ map: {} });

/** The number that an input without a map would read; undefined where it would read none. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const text = String(value);
  if (text.length > LONGEST_NUMBER) return undefined;
  const result = read(text);
  return 'value' in result ? result.value : undefined;
}

/** Whether a text is a word that every input knows, such as ON or closed. */
export function isKnownWord(text: string): boolean {
  return /^\s*[a-z_]/i.test(text) && numberOf(text) !== undefined;
}

/** What an input must be told of the words of a value: those it does not know, on as 1 and off as 0. */
export function mapOf({ words }: FoundValue): Readonly<Record<string, number>> | undefined {
  if (words === undefined || words.on.toLowerCase() === words.off.toLowerCase()) return undefined;
  const { on, off } = words;
  if (numberOf(on) !== undefined && numberOf(off) !== undefined) return undefined;
  return { [on]: 1, [off]: 0 };
}
