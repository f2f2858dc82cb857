import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  filterOfTemplate,
  matchesTemplate,
  nodeNameOf,
  topicBinder,
} from '../../contract/config/node-template.js';
import { topicMatcher } from '../../contract/topic-filter.js';

test.each([
  ['zigbee2mqtt/{device}', 'zigbee2mqtt/+'],
  ['zigbee2mqtt/{device*}', 'zigbee2mqtt/#'],
  ['tele/{device}/SENSOR', 'tele/+/SENSOR'],
  ['{place}/sensor/{device}/state', '+/sensor/+/state'],
  ['a/{rest*}/state', 'a/#'],
  ['tele/tasmota_{id}/SENSOR', 'tele/+/SENSOR'],
  ['plain/topic', 'plain/topic'],
])('%s is heard as %s', (template, filter) => {
  expect(filterOfTemplate(template)).toBe(filter);
});

test.each([
  ['zigbee2mqtt/{device}', 'zigbee2mqtt/kitchen', { device: 'kitchen' }],
  ['zigbee2mqtt/{device}', 'zigbee2mqtt/kitchen/lamp', null],
  ['zigbee2mqtt/{device*}', 'zigbee2mqtt/kitchen/lamp', { device: 'kitchen/lamp' }],
  ['tele/{device}/SENSOR', 'tele/plug/STATE', null],
  ['tele/tasmota_{id}/SENSOR', 'tele/tasmota_5F/SENSOR', { id: '5F' }],
  ['{place}/sensor/{device}/state', 'attic/sensor/heat/state', { place: 'attic', device: 'heat' }],
  ['a.c/{device}', 'abc/x', null],
  ['+/{device}', 'any/x', { device: 'x' }],
])('%s against %s', (template, topic, bindings) => {
  expect(topicBinder(template)(topic)).toEqual(bindings);
});

test.each([
  ['z2m-{device}', { device: 'kitchen/lamp' }, 'z2m-kitchen-lamp'],
  ['z2m-{device}', { device: 'Küche' }, 'z2m-Kuche'],
  ['{place}-{device}', { place: 'attic', device: 'heat' }, 'attic-heat'],
])('%s with %j is called %s', (template, bindings, name) => {
  expect(nodeNameOf(template, bindings)).toBe(name);
  expect(matchesTemplate(template, name)).toBe(true);
});

test('a plain name is no template', () => {
  expect(matchesTemplate('kitchen', 'kitchen')).toBe(false);
});

describe('whatever the levels are called', () => {
  const level = fc.stringMatching(/^[^/+#{}$\0]{1,12}$/);
  test('a topic of the template is heard, and bound to what stands there', () => {
    fc.assert(
      fc.property(level, level, fc.array(level, { minLength: 1, maxLength: 3 }), (first, device, rest) => {
        const template = `${first}/{device}/{rest*}`;
        const topic = [first, device, ...rest].join('/');
        expect(topicMatcher(filterOfTemplate(template))(topic)).toBe(true);
        expect(topicBinder(template)(topic)).toEqual({ device, rest: rest.join('/') });
      }),
    );
  });
});
