import type { HeardTopic } from './heard-topics.js';
import { objectOf, parseJson } from './json-values.js';
import { isKnownWord, numberOf } from './last-value.js';

const MOST_VALUES = 4;

/**
 * What a topic that nobody recognised said last: a number, or the numbers of flat JSON.
 *
 * @returns null where there is no number in it.
 */
export function describeUnrecognised({ topic, text, messages }: HeardTopic): string | null {
  const values = valuesIn(text);
  if (values.length === 0) return null;
  const shown = values.slice(0, MOST_VALUES).join(', ');
  const more = values.length > MOST_VALUES ? ', ...' : '';
  return `${topic}, ${messages === 1 ? '1 message' : `${messages} messages`}: ${shown}${more}`;
}

function valuesIn(text: string): string[] {
  const object = objectOf(parseJson(text));
  if (object === undefined) return numberOf(text) === undefined || isKnownWord(text) ? [] : [text.trim()];
  return Object.entries(object)
    .filter(([, value]) => typeof value === 'number')
    .map(([key, value]) => `${key} = ${String(value)}`);
}
