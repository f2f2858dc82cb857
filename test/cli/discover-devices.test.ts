import { describe, expect, test } from '@jest/globals';
import { templatePath } from '../../cli/discover/template-path.js';
import type { InputConfig } from '../../contract/config/schema.js';
import {
  esphome,
  homeAssistant,
  others,
  type RecordedMessage,
  tasmota,
  tasmotaDiscovery,
  zigbee2mqtt,
  zigbeeList,
} from '../support/recorded-house.js';
import { discovered, message, written } from './discovered.js';

const announced = (config: object, topic = 'homeassistant/sensor/shed/temperature/config') =>
  message(topic, config);

describe('Zigbee2MQTT', () => {
  test('with its list, devices are known before they speak, with units, words and ranges', () => {
    const nodes = written([...zigbee2mqtt, ...zigbeeList]);
    const availability = { topic: 'zigbee2mqtt/lamp/availability', path: 'state' };
    expect(nodes.lamp).toEqual({
      brightness: {
        adapter: 'mqtt',
        topic: 'zigbee2mqtt/lamp',
        path: 'brightness',
        availability,
        encoder: { name: 'level', min: 0, max: 254 },
      },
      state: {
        adapter: 'mqtt',
        topic: 'zigbee2mqtt/lamp',
        path: 'state',
        availability,
        encoder: { name: 'level', min: 0, max: 1 },
      },
    });
    expect(nodes['hall-motion']?.motion).toEqual({
      adapter: 'mqtt',
      topic: 'zigbee2mqtt/hall motion',
      path: 'occupancy',
    });
    expect(nodes['cellar-lock']?.state).toMatchObject({ map: { LOCK: 1, UNLOCK: 0 } });
  });

  test('without its list, devices are those that speak, but no groups and no bridge', () => {
    const group = message('zigbee2mqtt/bridge/groups', [{ id: 1, friendly_name: 'all' }]);
    const nodes = written([...zigbee2mqtt, group, message('zigbee2mqtt/all', { state: 'ON' })]);
    expect(Object.keys(nodes)).toEqual(['bath-door', 'button', 'climate', 'lamp']);
    expect(Object.keys(nodes.climate ?? {})).toEqual(['temperature', 'humidity', 'pressure', 'battery']);
    expect(nodes.lamp?.brightness).toMatchObject({ encoder: { name: 'level', min: 0, max: 254 } });
  });

  test('may have another base, a bare word as availability, and units of its own', () => {
    const list = [
      {
        type: 'EndDevice',
        friendly_name: 'tank',
        definition: {
          exposes: [
            { type: 'numeric', property: 'temperature', access: 1, unit: '°F' },
            { type: 'numeric', property: 'pressure', access: 1, unit: 'kPa' },
            { type: 'numeric', property: 'setpoint', access: 7, unit: '°C' },
            { type: 'numeric', property: 'interval', access: 2 },
          ],
        },
      },
      { type: 'Router', friendly_name: 'off', disabled: true, definition: null },
    ];
    const nodes = written([
      message('house/zigbee/bridge/devices', list),
      message('house/zigbee/tank', { temperature: 64.4, pressure: 99.1, setpoint: 20, interval: 60 }),
      message('house/zigbee/tank/availability', 'online'),
    ]);
    const shared = {
      adapter: 'mqtt',
      topic: 'house/zigbee/tank',
      availability: { topic: 'house/zigbee/tank/availability' },
    };
    expect(nodes).toEqual({
      tank: {
        temperature: { ...shared, path: 'temperature', unit: '°C', source_unit: '°F' },
        pressure: { ...shared, path: 'pressure', unit: 'hPa', source_unit: 'kPa' },
      },
    });
  });

  test.each([
    '{}',
    'null',
    '[null, 4, {"friendly_name": 5}]',
    '[[[[',
    '[{"friendly_name":"a","definition":{"exposes":[{"features":7}]}}]',
  ])('a list that is %s is no reason to fail', (payload) => {
    expect(written([message('z/bridge/devices', payload)])).toEqual({});
  });
});

describe('Tasmota', () => {
  test('its telemetry is read, units by what the message says', () => {
    const nodes = written(tasmota);
    expect(nodes.cellar?.temperature).toEqual({
      adapter: 'mqtt',
      topic: 'tele/cellar/SENSOR',
      path: 'AM2301.Temperature',
      unit: '°C',
      unit_path: 'TempUnit',
      availability: { topic: 'tele/cellar/LWT' },
    });
    expect(nodes.plug).toMatchObject({
      power: { topic: 'tele/plug/SENSOR', path: 'ENERGY.Power' },
      state: { topic: 'tele/plug/STATE', path: 'POWER' },
    });
  });

  test('its own discovery tells of devices that have not spoken, with their topics and words', () => {
    const { boiler } = written(tasmotaDiscovery);
    const availability = { topic: 'house/boiler/tele/LWT', online: 'Here', offline: 'Away' };
    expect(boiler?.state2).toEqual({
      adapter: 'mqtt',
      topic: 'house/boiler/tele/STATE',
      path: 'POWER2',
      map: { EIN: 1, AUS: 0 },
      availability,
      encoder: { name: 'level', min: 0, max: 1 },
    });
    expect(boiler?.ds18b20_2_temperature).toMatchObject({
      topic: 'house/boiler/tele/SENSOR',
      path: 'DS18B20-2.Temperature',
      encoder: { name: 'level', min: 0, max: 100 },
    });
  });

  test('the order of the topic may be the other one, and values may be lists', () => {
    const nodes = written([
      message('floor/strip/tele/SENSOR', { ENERGY: { Power: [38, 0] }, Time: '2026-10-31T18:55:09' }),
      message('floor/strip/stat/POWER', 'ON'),
    ]);
    expect(nodes).toEqual({
      'floor-strip': {
        power_0: { adapter: 'mqtt', topic: 'floor/strip/tele/SENSOR', path: 'ENERGY.Power[0]' },
        power_1: { adapter: 'mqtt', topic: 'floor/strip/tele/SENSOR', path: 'ENERGY.Power[1]' },
      },
    });
  });
});

describe('ESPHome', () => {
  test('a bare value a topic, called without the name of the device', () => {
    const availability = { topic: 'attic/status' };
    expect(written(esphome)).toEqual({
      attic: {
        temperature: { adapter: 'mqtt', topic: 'attic/sensor/attic_temperature/state', availability },
        motion: { adapter: 'mqtt', topic: 'attic/binary_sensor/attic_motion/state', availability },
        co2: { adapter: 'mqtt', topic: 'attic/sensor/attic_co2/state', availability },
      },
    });
  });

  test('a unit that nobody told is marked as a guess', () => {
    expect(discovered(esphome).text).toContain('# 18.3, taken to be in °C\n');
  });

  test('a sensor that says nan is one; one that says words is none', () => {
    const nodes = written([
      message('home/roof/sensor/wind/state', 'nan'),
      message('home/roof/sensor/version/state', '2026.10.1'),
      message('home/roof/sensor/wifi_signal/state', '-61'),
      message('home/roof/sensor/mood/state', 'sunny'),
    ]);
    expect(nodes).toEqual({
      'home-roof': { wind: { adapter: 'mqtt', topic: 'home/roof/sensor/wind/state' } },
    });
  });
});

describe("Home Assistant's announcements", () => {
  test('full and abbreviated keys, a base topic, and devices in one message', () => {
    const nodes = written([...homeAssistant, ...others]);
    const greenhouse = {
      adapter: 'mqtt',
      topic: 'garden/greenhouse/state',
      availability: { topic: 'garden/greenhouse/there', online: 'yes', offline: 'no' },
    };
    expect(nodes.Greenhouse).toEqual({
      temperature: { ...greenhouse, path: 'air.temperature' },
      soil_moisture: { ...greenhouse, path: 'soil[0]' },
      window: {
        ...greenhouse,
        path: 'window',
        map: { ajar: 1, shut: 0 },
        encoder: { name: 'level', min: 0, max: 1 },
      },
    });
    expect(nodes.climate?.temperature).toEqual({
      adapter: 'mqtt',
      topic: 'zigbee2mqtt/climate',
      path: 'temperature',
      availability: { topic: 'zigbee2mqtt/climate/availability', path: 'state' },
    });
    expect(Object.keys(nodes.climate ?? {})).toEqual(['temperature', 'battery']);
  });

  test('tell the units of a device that was recognised by its messages, which stands once', () => {
    const nodes = written([...esphome, ...homeAssistant]);
    const availability = { topic: 'attic/status' };
    expect(nodes.attic?.temperature).toEqual({
      adapter: 'mqtt',
      topic: 'attic/sensor/attic_temperature/state',
      unit: '°C',
      source_unit: '°F',
      availability,
    });
    expect(nodes.attic?.pressure).toMatchObject({ unit: 'hPa', source_unit: 'kPa' });
    expect(Object.keys(nodes).filter((name) => /attic/i.test(name))).toEqual(['attic']);
    expect(
      Object.keys(written([...zigbee2mqtt, ...homeAssistant])).filter((name) => /climate/.test(name)),
    ).toEqual(['climate']);
  });

  test('the same value announced twice is one', () => {
    const one = {
      stat_t: 'shed/t',
      unit_of_meas: '°C',
      dev_cla: 'temperature',
      dev: { ids: 'a', name: 'shed' },
    };
    const nodes = written([
      announced(one),
      announced({ ...one, dev: { ids: 'b', name: 'shed' } }, 'homeassistant/sensor/other/config'),
    ]);
    expect(Object.keys(nodes)).toEqual(['shed']);
  });

  test("this mesh's own are no devices", () => {
    expect(
      written([
        announced({ stat_t: 'mesh/global', val_tpl: '{{ value_json.coherence }}', stat_cla: 'measurement' }),
      ]),
    ).toEqual({});
  });

  test('one that was taken back, or that another part took, is none', () => {
    const taken = { ids: 'a', name: 'shed' };
    const nodes = written([
      announced({ stat_t: 'a/b', unit_of_meas: '%', dev: taken }),
      message('homeassistant/sensor/shed/temperature/config', ''),
      message('homeassistant/light/x/config', { stat_t: 'l/s', dev: taken }),
      message('homeassistant/device/y/config', {
        dev: taken,
        stat_t: 'a/b',
        stat_cla: 'measurement',
        cmps: { x: { p: 'sensor' }, z: 4 },
      }),
    ]);
    expect(nodes).toEqual({});
  });

  test('what can be no input is none: a filter, a placeholder, a text, a setting', () => {
    const { house, nodes } = discovered(
      ['a/#', 'a/{device}/b', 'a/\u0007'].map((topic, index) =>
        announced({ state_topic: topic, unit_of_measurement: '%' }, `homeassistant/sensor/n${index}/config`),
      ),
    );
    expect(nodes).toEqual({});
    expect(house.bare).toHaveLength(3);
    expect(written([announced({ state_topic: 'a/b', device_class: 'timestamp' })])).toEqual({});
    expect(
      written([announced({ state_topic: 'a/b', unit_of_measurement: '%', entity_category: 'config' })]),
    ).toEqual({});
  });

  test.each([
    ['{{ value_json.a }}', 'a'],
    ['{{value_json.a.b_2}}', 'a.b_2'],
    ["{{ value_json['AM2301'].Temperature }}", 'AM2301.Temperature'],
    ['{{ value_json["odd key"][3] }}', '["odd key"][3]'],
    ['{{- value_json.a -}}', 'a'],
    ['{{ value }}', undefined],
    ['{{ value_json }}', undefined],
    [undefined, undefined],
    ['{{ value_json.a | float }}', null],
    ['{{ value_json.a * 2 }}', null],
    ['{{ value_jsonx.a }}', null],
    ['{% if value_json.a %}1{% endif %}', null],
    ['{{ states("sensor.a") }}', null],
    ['value_json.a', null],
    ['{{ value_json.a }} {{ value_json.b }}', null],
    ['', null],
  ])('the template %j stands for the path %j', (template, path) => {
    expect(templatePath(template)).toBe(path);
  });
});

describe('channels', () => {
  const sensor = (more: object, last: string) => [
    announced({ stat_t: 'a/b', dev: { ids: 'a', name: 'a' }, ...more }),
    message('a/b', last),
  ];
  const only = (messages: readonly RecordedMessage[]) => Object.entries(written(messages).a ?? {})[0];

  test.each<[string, object, string, string, Partial<InputConfig> | object]>([
    ['a weather pressure', { dev_cla: 'pressure', unit_of_meas: 'hPa' }, '1003', 'pressure', {}],
    [
      'in another unit',
      { dev_cla: 'pressure', unit_of_meas: 'inHg' },
      '29.8',
      'pressure',
      { unit: 'hPa', source_unit: 'inHg' },
    ],
    [
      "a boiler's is none",
      { name: 'pressure', unit_of_meas: 'bar' },
      '1.6',
      'pressure',
      { encoder: 'trend' },
    ],
    [
      'one in no unit of pressure',
      { name: 'pressure', unit_of_meas: 'V' },
      '1',
      'pressure',
      { encoder: 'trend' },
    ],
    [
      'a number that is called motion',
      { name: 'motion', unit_of_meas: 'x' },
      '7',
      'motion',
      { encoder: 'trend' },
    ],
    ['a name without letters', { name: '温度', unit_of_meas: 'x' }, '7', 'value', {}],
  ])('%s', (_, config, last, channel, expected) => {
    const [name, input] = only(sensor(config, last)) ?? [];
    expect(name).toBe(channel);
    expect(input).toEqual({ adapter: 'mqtt', topic: 'a/b', ...expected });
  });
});
