import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { filterCovers, filtersOverlap, topicMatcher } from '../../contract/topic-filter.js';

const ALPHABET = ['a', 'b', '$s'];
const MOST_LEVELS = 4;

/** Every topic of up to four levels of the alphabet, more than any filter here tells apart. */
const topics = Array.from({ length: MOST_LEVELS })
  .reduce<string[][]>(
    (lengths) => [
      ...lengths,
      (lengths.at(-1) ?? []).flatMap((topic) => ALPHABET.map((level) => `${topic}/${level}`)),
    ],
    [ALPHABET],
  )
  .flat();

const filter = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', '$s', '+'), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([levels, rest]) => [...levels, ...(rest ? ['#'] : [])].join('/'));

test('a filter covers another exactly when it matches all of its topics', () => {
  fc.assert(
    fc.property(filter, filter, (outer, inner) => {
      const [wide, narrow] = [topicMatcher(outer), topicMatcher(inner)];
      expect(filterCovers(outer, inner)).toBe(topics.filter(narrow).every(wide));
    }),
    { numRuns: 2000 },
  );
});

test('two filters overlap exactly when they share a topic', () => {
  fc.assert(
    fc.property(filter, filter, (a, b) => {
      const [one, other] = [topicMatcher(a), topicMatcher(b)];
      expect(filtersOverlap(a, b)).toBe(topics.some((topic) => one(topic) && other(topic)));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['zigbee2mqtt/+', 'zigbee2mqtt/kitchen', true],
  ['zigbee2mqtt/#', 'zigbee2mqtt/kitchen/lamp', true],
  ['zigbee2mqtt/#', 'zigbee2mqtt', true],
  ['zigbee2mqtt/+', 'zigbee2mqtt/kitchen/availability', false],
  ['#', '$SYS/broker', false],
  ['zigbee2mqtt/+', '+/kitchen', false],
])('%s covers %s: %s', (outer, inner, covers) => {
  expect(filterCovers(outer, inner)).toBe(covers);
});
