import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTopicTrie } from '../../broker/topic-trie.js';
import { topicMatcher } from '../../contract/topic-filter.js';

/** MQTT 5.0 section 4.7, as literally as it can be written. */
function naiveMatch(filter: readonly string[], topic: readonly string[]): boolean {
  const [wanted, ...restOfFilter] = filter;
  const [level, ...restOfTopic] = topic;
  if (wanted === '#') return true;
  if (wanted === undefined || level === undefined) return wanted === level;
  return (wanted === '+' || wanted === level) && naiveMatch(restOfFilter, restOfTopic);
}

function matches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  return naiveMatch(filter.split('/'), topic.split('/'));
}

const level = fc.constantFrom('', 'a', 'b', '$SYS');
const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, rest]) => [...levels, ...(rest ? ['#'] : [])].join('/'));

test("the specification's own examples", () => {
  const yes = [
    ['sport/tennis/player1/#', 'sport/tennis/player1'],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon'],
    ['sport/#', 'sport'],
    ['#', 'anything/at/all'],
    ['sport/tennis/+', 'sport/tennis/player1'],
    ['sport/+', 'sport/'],
    ['+/+', '/finance'],
    ['/+', '/finance'],
    ['$SYS/#', '$SYS/broker'],
    ['$SYS/monitor/+', '$SYS/monitor/Clients'],
  ];
  const no = [
    ['sport/tennis/+', 'sport/tennis/player1/ranking'],
    ['sport/+', 'sport'],
    ['+', '/finance'],
    ['#', '$SYS/broker'],
    ['+/monitor/Clients', '$SYS/monitor/Clients'],
  ];
  for (const [pattern = '', name = ''] of yes)
    expect([pattern, name, trieMatches(pattern, name)]).toEqual([pattern, name, true]);
  for (const [pattern = '', name = ''] of no)
    expect([pattern, name, trieMatches(pattern, name)]).toEqual([pattern, name, false]);
});

function trieMatches(pattern: string, name: string): boolean {
  const trie = createTopicTrie<string>();
  trie.add(pattern, 'found');
  return trie.match(name).length === 1 && topicMatcher(pattern)(name);
}

test('a filter matches what the specification says, in the trie and alone', () => {
  fc.assert(
    fc.property(filter, topic, (pattern, name) => {
      const trie = createTopicTrie<string>();
      trie.add(pattern, pattern);
      expect(trie.match(name)).toEqual(matches(pattern, name) ? [pattern] : []);
      expect(topicMatcher(pattern)(name)).toBe(matches(pattern, name));
    }),
    { numRuns: 2000 },
  );
});

test('after any adding, removing and looking up, the values are those whose filters match', () => {
  const step = fc.record({ add: fc.boolean(), pattern: filter, look: topic });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const trie = createTopicTrie<string>();
      const model: string[] = [];
      for (const { add, pattern, look } of steps) {
        const index = model.indexOf(pattern);
        if (add) {
          trie.add(pattern, pattern);
          model.push(pattern);
        } else {
          expect(trie.remove(pattern, pattern)).toBe(index !== -1);
          if (index !== -1) model.splice(index, 1);
        }
        const expected = model.filter((candidate) => matches(candidate, look));
        expect([...trie.match(look)].sort()).toEqual(expected.sort());
        expect(trie.size).toBe(model.length);
      }
    }),
  );
});
