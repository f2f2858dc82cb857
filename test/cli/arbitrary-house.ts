import fc from 'fast-check';
import type { RecordedMessage } from '../support/recorded-house.js';

const json = (topic: string, payload: unknown): RecordedMessage => ({
  topic,
  payload: JSON.stringify(payload),
});

/** Names and texts, many of which YAML, MQTT, JSON paths or terminals take for something else. */
const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ maxLength: 8 }),
  fc.constantFrom(
    'temperature',
    'event',
    'state',
    '__proto__',
    'constructor',
    'a b',
    'ünï',
    '温度',
    '°C',
    'on',
  ),
  fc.constantFrom(
    '{device}',
    '#',
    '+',
    '~',
    '# x',
    'a: b',
    '"',
    "'",
    '\n',
    '\u001b[2J',
    '\u009b',
    '- ',
    'null',
    '1e3',
  ),
);
const level = word.map((text) => text.replace(/[/\0]/g, '')).filter((text) => text !== '');
const property = fc.oneof(
  fc.constantFrom('temperature', 'pressure', 'battery', 'occupancy', 'linkquality'),
  word,
);
const value = fc.oneof(fc.double(), fc.integer(), fc.boolean(), fc.constantFrom('ON', 'OFF', 'nan'), word);
const state = fc.dictionary(property, fc.oneof(value, fc.constant(null), fc.dictionary(property, value)));
const unit = fc.oneof(fc.constantFrom('°C', '°F', 'hPa', 'bar', '%', 'V', 'lx'), word);

const expose = fc.record(
  {
    type: fc.constantFrom('numeric', 'binary', 'light', 'composite'),
    property,
    unit,
    access: fc.nat(7),
    value_on: value,
    value_off: value,
    value_min: fc.double(),
    value_max: fc.double(),
    features: fc.constant([{ type: 'binary', property: 'state', value_on: 'ON', value_off: 'OFF' }]),
  },
  { requiredKeys: ['type', 'property'] },
);
const zigbee = fc
  .tuple(level, state, fc.option(fc.array(expose)), fc.option(word))
  .map(([name, payload, exposes, availability]): RecordedMessage[] => [
    json(`zigbee2mqtt/${name}`, payload),
    ...(exposes === null
      ? []
      : [json('zigbee2mqtt/bridge/devices', [{ friendly_name: name, definition: { exposes } }])]),
    ...(availability === null ? [] : [{ topic: `zigbee2mqtt/${name}/availability`, payload: availability }]),
  ]);

const tasmota = fc
  .record({ name: level, sensors: state, power: value, words: fc.array(word), announced: fc.boolean() })
  .map(({ name, sensors, power, words: [online = '', offline = '', off = '', on = ''], announced }) => [
    json(`tele/${name}/SENSOR`, { ...sensors, AM2301: sensors, TempUnit: on }),
    json(`tele/${name}/STATE`, { POWER: power, POWER2: on }),
    ...(announced
      ? [
          json('tasmota/discovery/AB/config', {
            t: name,
            ft: '%prefix%/%topic%/',
            tp: ['cmnd', 'stat', 'tele'],
            onln: online,
            ofln: offline,
            state: [off, on],
            rl: [1, 2],
          }),
          json('tasmota/discovery/AB/sensors', { sn: sensors }),
        ]
      : []),
  ]);

const esphome = fc
  .tuple(level, fc.constantFrom('sensor', 'binary_sensor'), level, fc.oneof(value.map(String), word))
  .map(([prefix, component, name, payload]): RecordedMessage[] => [
    { topic: `${prefix}/${component}/${name}/state`, payload },
    { topic: `${prefix}/status`, payload: 'online' },
  ]);

const topic = fc.array(level, { minLength: 1, maxLength: 3 }).map((levels) => levels.join('/'));
const template = fc.oneof(
  fc.constantFrom('{{ value }}', '{{ value_json.temperature }}', '{{ value|float }}'),
  property.map((name) => `{{ value_json['${name}'] }}`),
  word,
);
const entity = fc.record(
  {
    stat_t: topic,
    val_tpl: template,
    unit_of_measurement: unit,
    dev_cla: fc.oneof(fc.constantFrom('temperature', 'pressure', 'battery', 'motion'), word),
    name: fc.oneof(word, fc.constant(null)),
    payload_on: value,
    payload_off: value,
    '~': word,
    availability: fc.oneof(fc.array(fc.record({ topic: word, value_template: template })), word),
    avty_t: word,
    pl_avail: word,
    p: fc.constantFrom('sensor', 'binary_sensor'),
    device: fc.oneof(fc.record({ name: word, identifiers: fc.oneof(word, fc.array(word)) }), word),
  },
  { requiredKeys: ['stat_t', 'p'] },
);
const homeAssistant = fc
  .record({
    id: fc.stringMatching(/^[\w-]{1,4}$/),
    one: entity,
    more: fc.dictionary(word, entity),
    payload: state,
  })
  .map(({ id, one, more, payload }) => [
    json(`homeassistant/${one.p}/${id}/config`, one),
    json(`homeassistant/device/${id}/config`, { dev: { ids: id, name: id }, cmps: more }),
    json(one.stat_t, payload),
  ]);

const others = fc
  .tuple(
    topic,
    fc.oneof(
      fc.jsonValue().map((any) => JSON.stringify(any)),
      value.map(String),
    ),
  )
  .map(([place, payload]): RecordedMessage[] => [{ topic: place, payload }]);

/** What a broker may carry: devices of every kind with odd names, values and announcements; one message a topic. */
export const arbitraryHouse: fc.Arbitrary<RecordedMessage[]> = fc
  .array(fc.oneof(zigbee, tasmota, esphome, homeAssistant, others), { maxLength: 12 })
  .map((parts) => [...new Map(parts.flat().map((message) => [message.topic, message])).values()]);
