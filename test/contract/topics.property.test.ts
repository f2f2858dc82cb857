import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nodeNameFault, RESERVED_NODE_NAMES, toLegalName } from '../../contract/names.js';
import { TOPIC_TABLE, type TopicName } from '../../contract/topic-table.js';
import { createTopics } from '../../contract/topics.js';

const names = Object.keys(TOPIC_TABLE) as TopicName[];
const level = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/);
const prefix = fc.stringMatching(/^[A-Za-z0-9._-]{1,8}(\/[A-Za-z0-9._-]{1,8})?$/);

test('what is built is parsed back, by its own name', () => {
  fc.assert(
    fc.property(prefix, fc.constantFrom(...names), level, level, (root, name, a, b) => {
      const topics = createTopics(root);
      const keys = [...TOPIC_TABLE[name].pattern.matchAll(/<(\w+)>/g)].map(([, key]) => key ?? '');
      const parameters = Object.fromEntries(keys.map((key, index) => [key, index === 0 ? a : b]));
      const topic = topics.build(name, parameters as never);
      expect(topics.parse(name, topic)).toEqual(parameters);
      if (TOPIC_TABLE[name].pattern.startsWith('<node>')) expect(topics.nodeOf(topic)).toBe(a);
    }),
  );
});

test('a filter matches any value of what is left out', () => {
  const topics = createTopics();
  expect(topics.filter('input')).toBe('mesh/+/input/+');
  expect(topics.filter('input', { node: 'kitchen' })).toBe('mesh/kitchen/input/+');
  expect(topics.filter('global')).toBe('mesh/global');
});

test('another topic is not taken for one', () => {
  const topics = createTopics('house/mesh');
  expect(topics.parse('phase', 'mesh/kitchen/phase')).toBeNull();
  expect(topics.parse('phase', 'house/mesh/kitchen/info')).toBeNull();
  expect(topics.parse('phase', 'house/mesh/kitchen/phase/more')).toBeNull();
  expect(topics.parse('zone', 'house/mesh/kitchen/phase')).toBeNull();
});

test('any text becomes a legal name', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(...RESERVED_NODE_NAMES)),
      (text) => {
        expect(nodeNameFault(toLegalName(text))).toBeNull();
        expect(toLegalName(text, 20).length).toBeLessThanOrEqual(20);
      },
    ),
  );
  expect(toLegalName('Küche oben/links')).toBe('Kuche-oben-links');
});
