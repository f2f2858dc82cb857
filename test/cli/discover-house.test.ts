import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { HeardTopics } from '../../cli/discover/heard-topics.js';
import { esphome, wholeHouse } from '../support/recorded-house.js';
import { arbitraryHouse } from './arbitrary-house.js';
import { discovered, message } from './discovered.js';

describe('a house', () => {
  test('is one node a device, by name, with an input a channel', () => {
    const { nodes } = discovered(wholeHouse);
    const channels = Object.entries(nodes).map(([name, { inputs }]) => [name, Object.keys(inputs)]);
    expect(channels).toEqual([
      ['Acurite-Tower-A-1234', ['humidity']],
      ['Greenhouse', ['temperature', 'soil_moisture', 'window']],
      ['attic', ['temperature', 'pressure', 'motion', 'co2']],
      ['bath-door', ['battery', 'contact']],
      ['boiler', ['ds18b20_1_temperature', 'ds18b20_2_temperature', 'state1', 'state2', 'switch1']],
      ['button', ['battery']],
      ['cellar', ['temperature', 'humidity', 'dew_point']],
      ['cellar-lock', ['battery', 'state']],
      ['climate', ['temperature', 'humidity', 'pressure', 'battery']],
      ['hall-motion', ['temperature', 'motion', 'battery', 'illuminance']],
      ['lamp', ['brightness', 'state']],
      ['plug', ['power', 'state']],
    ]);
  });

  test('is the same in whatever order it is heard', () => {
    const { text } = discovered(wholeHouse);
    expect(discovered(wholeHouse.toReversed()).text).toBe(text);
  });

  test('says what it is, what to do with it, what was left out and what nobody recognised', () => {
    const { text } = discovered(wholeHouse);
    expect(text.split('\n').slice(0, 9)).toEqual([
      '# Made by becomingone discover, which heard 42 messages on 40 topics of mqtt://house:1883 in 10 s:',
      '# 12 devices with 33 values. Above each stands what it said last.',
      '# Read it through: strike out what is not to move the mesh; give nodes a zone, inputs a weight or an encoder.',
      '# These nodes take the place of the signals of this machine, which are nodes only while none are configured.',
      '# Then check it, node dist/cli/main.js config check house.yaml, and start it, npm start -- --config house.yaml',
      '',
      'broker:',
      '  url: mqtt://house:1883',
      'nodes:',
    ]);
    expect(text).toContain(
      '  # Zigbee2MQTT, climate; left out: voltage = 2985, linkquality = 109\n  climate:\n',
    );
    expect(text).toContain('      # 21.48 °C\n      temperature:\n');
    expect(text.split('\n\n').slice(2).join('\n\n')).toBe(
      [
        '# Announced with a template that is more than a path, so that no input can read them:',
        '#   Acurite-Tower-A-1234, Temperature: rtl_433/shed/devices/Acurite-Tower/A/1234/temperature_F by the template',
        '#     {{ value|float }}',
        '',
        '# Not recognised; a number among these is read by { adapter: mqtt, topic: ..., path: ... }:',
        '#   rtl_433/shed/devices/Acurite-Tower/A/1234/temperature_F, 1 message: 48.2',
        '#   solar/inverter/power, 1 message: 1240',
        '#   weather, 1 message: wind = 4.2, gust = 7.9, rain = 0, sun = 812, ...',
        '',
      ].join('\n'),
    );
  });
});

test('names are legal, unique and not reserved', () => {
  const names = ['Küche/oben', 'Kuche-oben', 'event', '温度', '湿度', 'x'.repeat(80), `${'x'.repeat(64)}y`];
  const { nodes } = discovered(names.map((name) => message(`zigbee2mqtt/${name}`, { temperature: 20 })));
  expect(Object.keys(nodes)).toEqual([
    'Kuche-oben',
    'Kuche-oben-2',
    'node-event',
    'x'.repeat(64),
    `${'x'.repeat(62)}-2`,
    'zigbee2mqtt',
    'zigbee2mqtt-2',
  ]);
});

test('a user of the broker does not stand in the file, which says how to give one', () => {
  const { text } = discovered(esphome, { hasUser: true });
  expect(text).toContain('npm start -- --config house.yaml --broker mqtt://USER:PASSWORD@house:1883\n');
});

test("another prefix than mesh stands in the file; a broker of the mesh's own does not", () => {
  const { text } = discovered(esphome, { prefix: 'house/mesh', brokerUrl: undefined, passedOver: 3 });
  expect(parse(text)).toMatchObject({ mesh: { prefix: 'house/mesh' } });
  expect(parse(text)).not.toHaveProperty('broker');
  expect(text).toContain('# 3 messages were not looked at');
});

test('a long value is cut between two characters', () => {
  const rssi = `rssi ${'😀'.repeat(600)}`;
  const { text } = discovered([message('zigbee2mqtt/x', { [rssi]: 2 })]);
  expect(text).toContain('😀...');
  expect(text).not.toMatch(/[\ud800-\udfff]/u);
});

test('devices with nothing of interest are told of, and long lists end', () => {
  const relay = message('zigbee2mqtt/relay', { linkquality: 12, update: { state: 'idle' } });
  const many = Array.from({ length: 120 }, (_, index) => message(`meter/${index}/power`, String(index)));
  const { text } = discovered([relay, ...many]);
  expect(text).toContain('#   relay (Zigbee2MQTT): linkquality = 12\n');
  expect(text.match(/^# {3}meter\//gm)).toHaveLength(100);
  expect(text).toContain('#   and 20 more\n');
});

test('what is too deep, too long or no text is passed over', () => {
  const deep = (open: string, close: string) => `${open.repeat(5000)}1${close.repeat(5000)}`;
  const config = (more: object) => ({
    stat_t: 'shed/t',
    unit_of_meas: '°C',
    dev: { ids: 'a', name: 'shed' },
    ...more,
  });
  const { nodes, house } = discovered([
    message('tele/list/SENSOR', `{"A":${deep('[', ']')}}`),
    message('tele/map/SENSOR', deep('{"a":', '}')),
    message(
      'zigbee2mqtt/bridge/devices',
      `[{"friendly_name":"x","definition":{"exposes":${deep('[{"features":', '}]')}}}]`,
    ),
    message('homeassistant/sensor/a/config', `{"stat_t":"a/b","dev":${deep('{"dev":', '}')}}`),
    message('homeassistant/sensor/b/config', config({ val_tpl: `{{ value_json${'.a'.repeat(1000)} }}` })),
    message('homeassistant/sensor/c/config', config({ stat_t: 'x'.repeat(1001) })),
    message('homeassistant/sensor/d/config', config({ stat_t: 7, name: {}, avty: 'x' })),
    message('meter/long', '1'.repeat(101)),
    message('meter/short', '1'.repeat(9)),
  ]);
  expect(Object.keys(nodes)).toEqual(['shed']);
  expect(house.unrecognised).toEqual(['meter/short, 1 message: 111111111']);
});

describe('what is kept', () => {
  const payload = Buffer.from('1');

  test('is bounded: topics, the size of a message, all sizes together', () => {
    const heard = new HeardTopics();
    for (let index = 0; index < 10_005; index += 1) heard.take({ topic: `t/${index}`, payload });
    heard.take({ topic: 't/1', payload: Buffer.alloc(64 * 1024 + 1, '1') });
    expect([heard.topics.size, heard.messages, heard.passedOver]).toEqual([10_000, 10_006, 6]);
    const full = new HeardTopics();
    for (let index = 0; index < 1100; index += 1)
      full.take({ topic: `t/${index}`, payload: Buffer.alloc(64 * 1024, '1') });
    expect([full.topics.size, full.passedOver]).toEqual([1024, 76]);
    full.take({ topic: 't/1', payload });
    full.take({ topic: 't/2', payload: Buffer.alloc(0) });
    full.take({ topic: 'new', payload });
    expect(full.topics.has('new')).toBe(true);
  });

  test('holds the long list of Zigbee2MQTT, and no topics with control characters', () => {
    const heard = new HeardTopics();
    heard.take({ topic: 'z/bridge/devices', payload: Buffer.alloc(1024 * 1024, ' ') });
    for (const topic of ['a\u001b[2J', 'a\u009b', 'a\u2028b', 'x'.repeat(1001)])
      heard.take({ topic, payload });
    expect([...heard.topics.keys()]).toEqual(['z/bridge/devices']);
    expect(heard.passedOver).toBe(4);
  });
});

test('whatever is on a broker, the configuration is valid, the same in any order, and safe to print', () => {
  fc.assert(
    fc.property(arbitraryHouse, (messages) => {
      const { text, nodes, house } = discovered(messages);
      expect(Object.keys(nodes).toSorted()).toEqual(house.nodes.map(({ name }) => name).toSorted());
      expect(discovered(messages.toReversed()).text).toBe(text);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: this looks for them
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/u);
    }),
    { numRuns: 100, interruptAfterTimeLimit: 15_000 },
  );
});
