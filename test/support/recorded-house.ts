/** A message as a device of a house published it. */
export interface RecordedMessage {
  readonly topic: string;
  readonly payload: string;
  readonly retained?: boolean;
}

const json = (topic: string, payload: object, retained = false): RecordedMessage => ({
  topic,
  payload: JSON.stringify(payload),
  retained,
});
const plain = (topic: string, payload: string, retained = false): RecordedMessage => ({
  topic,
  payload,
  retained,
});

/** Zigbee2MQTT 2: flat JSON a device, names that may hold a slash, availability as JSON. */
export const zigbee2mqtt: readonly RecordedMessage[] = [
  json('zigbee2mqtt/bridge/state', { state: 'online' }, true),
  json(
    'zigbee2mqtt/bridge/info',
    { version: '2.6.1', coordinator: { type: 'zStack3x0' }, network: { channel: 11 } },
    true,
  ),
  json('zigbee2mqtt/bridge/logging', { level: 'info', message: 'z2m: started', namespace: 'z2m' }),
  json('zigbee2mqtt/climate/availability', { state: 'online' }, true),
  json('zigbee2mqtt/climate', {
    battery: 91,
    humidity: 52.31,
    linkquality: 109,
    pressure: 1006.7,
    temperature: 21.48,
    voltage: 2985,
  }),
  json('zigbee2mqtt/bath/door/availability', { state: 'online' }, true),
  json('zigbee2mqtt/bath/door', { battery: 100, contact: false, linkquality: 84, voltage: 3015 }),
  json('zigbee2mqtt/lamp/availability', { state: 'online' }, true),
  json('zigbee2mqtt/lamp', {
    brightness: 190,
    color_mode: 'color_temp',
    color_temp: 370,
    linkquality: 120,
    state: 'ON',
    update: { installed_version: 587765297, latest_version: 587765297, state: 'idle' },
  }),
  json('zigbee2mqtt/button', { action: 'single', battery: 74, linkquality: 61 }),
];

/** Tasmota 15: telemetry under tele/<topic>, a last will, its own discovery. */
export const tasmota: readonly RecordedMessage[] = [
  plain('tele/plug/LWT', 'Online', true),
  json('tele/plug/STATE', {
    Time: '2026-10-31T18:55:09',
    Uptime: '4T02:11:33',
    UptimeSec: 353493,
    Heap: 24,
    SleepMode: 'Dynamic',
    LoadAvg: 19,
    POWER: 'ON',
    Wifi: { AP: 1, SSId: 'house', RSSI: 78, Signal: -61 },
  }),
  json('tele/plug/SENSOR', {
    Time: '2026-10-31T18:55:09',
    ENERGY: {
      TotalStartTime: '2026-01-04T10:12:40',
      Total: 126.703,
      Yesterday: 0.412,
      Today: 0.305,
      Period: 3,
      Power: 38,
      ApparentPower: 61,
      ReactivePower: 47,
      Factor: 0.63,
      Voltage: 231,
      Current: 0.263,
    },
  }),
  plain('tele/cellar/LWT', 'Online', true),
  json('tele/cellar/SENSOR', {
    Time: '2026-10-31T18:55:12',
    AM2301: { Temperature: 70.7, Humidity: 61.2, DewPoint: 56.8 },
    TempUnit: 'F',
  }),
  json('stat/plug/RESULT', { POWER: 'ON' }),
  plain('stat/plug/POWER', 'ON'),
];

/** ESPHome 2026: a bare value a sensor, the device's own status topic. */
export const esphome: readonly RecordedMessage[] = [
  plain('attic/status', 'online', true),
  plain('attic/sensor/attic_temperature/state', '18.3', true),
  plain('attic/sensor/attic_co2/state', '612', true),
  plain('attic/binary_sensor/attic_motion/state', 'ON', true),
  plain('attic/debug', '\u001b[0;36m[D][sensor:118]: Sending state 18.3 °C\u001b[0m'),
];

const numeric = (name: string, unit: string, more: object = {}) => ({
  access: 1,
  description: `Measured ${name}`,
  label: name,
  name,
  property: name,
  type: 'numeric',
  unit,
  ...more,
});
const linkquality = numeric('linkquality', 'lqi', { category: 'diagnostic', value_max: 255, value_min: 0 });
const battery = numeric('battery', '%', { category: 'diagnostic', value_max: 100, value_min: 0 });
const voltage = numeric('voltage', 'mV', { category: 'diagnostic' });

const zigbeeDevice = (friendly_name: string, address: string, model: object, exposes: readonly object[]) => ({
  definition: { exposes, options: [], source: 'native', supports_ota: false, ...model },
  disabled: false,
  endpoints: { 1: { bindings: [], clusters: { input: ['genBasic'], output: [] } } },
  friendly_name,
  ieee_address: address,
  interview_completed: true,
  supported: true,
  type: 'EndDevice',
});

/** The retained list of devices that Zigbee2MQTT 2 keeps, with what each exposes. */
export const zigbeeList: readonly RecordedMessage[] = [
  json('zigbee2mqtt/bridge/groups', [{ id: 1, friendly_name: 'all_lights', members: [], scenes: [] }], true),
  json(
    'zigbee2mqtt/bridge/devices',
    [
      {
        friendly_name: 'Coordinator',
        ieee_address: '0x00124b0024c0ffee',
        type: 'Coordinator',
        definition: null,
      },
      zigbeeDevice(
        'climate',
        '0x00158d0001a1b2c3',
        { model: 'WSDCGQ11LM', vendor: 'Aqara', description: 'Temperature and humidity sensor' },
        [
          battery,
          numeric('temperature', '°C'),
          numeric('humidity', '%'),
          numeric('pressure', 'hPa'),
          numeric('temperature_calibration', '°C', { access: 7, category: 'config' }),
          voltage,
          linkquality,
        ],
      ),
      zigbeeDevice(
        'bath/door',
        '0x00158d0002d4e5f6',
        { model: 'MCCGQ11LM', vendor: 'Aqara', description: 'Door and window sensor' },
        [
          battery,
          {
            access: 1,
            description: 'Indicates if the contact is closed (= true) or open (= false)',
            label: 'Contact',
            name: 'contact',
            property: 'contact',
            type: 'binary',
            value_off: true,
            value_on: false,
          },
          voltage,
          linkquality,
        ],
      ),
      zigbeeDevice(
        'lamp',
        '0x90fd9ffffe6494fc',
        { model: 'LED1924G9', vendor: 'IKEA', description: 'TRADFRI bulb E26/E27' },
        [
          {
            type: 'light',
            features: [
              {
                access: 7,
                label: 'State',
                name: 'state',
                property: 'state',
                type: 'binary',
                value_off: 'OFF',
                value_on: 'ON',
                value_toggle: 'TOGGLE',
              },
              numeric('brightness', '', { access: 7, unit: undefined, value_max: 254, value_min: 0 }),
              numeric('color_temp', 'mired', { access: 7, value_max: 454, value_min: 250 }),
              {
                type: 'composite',
                name: 'color_xy',
                property: 'color',
                access: 7,
                features: [numeric('x', '', { access: 7 }), numeric('y', '', { access: 7 })],
              },
            ],
          },
          { access: 2, name: 'effect', property: 'effect', type: 'enum', values: ['blink'] },
          linkquality,
        ],
      ),
      zigbeeDevice(
        'button',
        '0x00158d0003a7b8c9',
        { model: 'WXKG11LM', vendor: 'Aqara', description: 'Wireless mini switch' },
        [
          battery,
          { access: 1, name: 'action', property: 'action', type: 'enum', values: ['single'] },
          linkquality,
        ],
      ),
      zigbeeDevice(
        'hall motion',
        '0x001788010b2c3d4e',
        { model: '9290012607', vendor: 'Philips', description: 'Hue motion sensor' },
        [
          {
            access: 1,
            name: 'occupancy',
            property: 'occupancy',
            type: 'binary',
            value_off: false,
            value_on: true,
          },
          numeric('temperature', '°C'),
          numeric('illuminance', 'lx'),
          numeric('occupancy_timeout', 's', {
            access: 7,
            category: 'config',
            value_max: 65_535,
            value_min: 0,
          }),
          battery,
          linkquality,
        ],
      ),
      zigbeeDevice(
        'cellar lock',
        '0x000d6f0011223344',
        { model: 'YRD226HA2619', vendor: 'Yale', description: 'Assure lock' },
        [
          {
            type: 'lock',
            features: [
              {
                access: 7,
                name: 'state',
                property: 'state',
                type: 'binary',
                value_off: 'UNLOCK',
                value_on: 'LOCK',
              },
              { access: 1, name: 'lock_state', property: 'lock_state', type: 'enum', values: ['locked'] },
            ],
          },
          battery,
        ],
      ),
    ],
    true,
  ),
];

/** Tasmota's own discovery: the device, and what it would say on SENSOR; here with the topic before the prefix. */
export const tasmotaDiscovery: readonly RecordedMessage[] = [
  json(
    'tasmota/discovery/E8DB8494B051/config',
    {
      ip: '192.168.1.72',
      dn: 'Boiler',
      fn: ['Boiler', null],
      hn: 'boiler-4177',
      mac: 'E8DB8494B051',
      md: 'Generic',
      ty: 0,
      if: 0,
      ofln: 'Away',
      onln: 'Here',
      state: ['AUS', 'EIN', 'TOGGLE', 'HOLD'],
      sw: '15.0.1',
      t: 'boiler',
      ft: 'house/%topic%/%prefix%/',
      tp: ['cmnd', 'stat', 'tele'],
      rl: [1, 1, 0, 0],
      ver: 1,
    },
    true,
  ),
  json(
    'tasmota/discovery/E8DB8494B051/sensors',
    {
      sn: {
        Time: '2026-10-31T18:55:03',
        'DS18B20-1': { Id: '0416C1F5A8FF', Temperature: 61.3 },
        'DS18B20-2': { Id: '0416C1F5B7FF', Temperature: 48.9 },
        Switch1: 'EIN',
        TempUnit: 'C',
      },
      ver: 1,
    },
    true,
  ),
];

const originOfZigbee = { name: 'Zigbee2MQTT', sw: '2.6.1', url: 'https://www.zigbee2mqtt.io' };
const climateDevice = {
  identifiers: ['zigbee2mqtt_0x00158d0001a1b2c3'],
  manufacturer: 'Aqara',
  model: 'Temperature and humidity sensor',
  name: 'climate',
  via_device: 'zigbee2mqtt_bridge_0x00124b0024c0ffee',
};
const zigbeeSensor = (property: string, more: object) =>
  json(
    `homeassistant/sensor/0x00158d0001a1b2c3/${property}/config`,
    {
      availability: [
        { topic: 'zigbee2mqtt/bridge/state', value_template: '{{ value_json.state }}' },
        { topic: 'zigbee2mqtt/climate/availability', value_template: '{{ value_json.state }}' },
      ],
      availability_mode: 'all',
      device: climateDevice,
      enabled_by_default: true,
      object_id: `climate_${property}`,
      origin: originOfZigbee,
      state_class: 'measurement',
      state_topic: 'zigbee2mqtt/climate',
      unique_id: `0x00158d0001a1b2c3_${property}_zigbee2mqtt`,
      value_template: `{{ value_json.${property} }}`,
      ...more,
    },
    true,
  );
const atticDevice = { ids: '94e686a1b2c3', name: 'Attic', sw: '2026.10.1', mdl: 'esp32dev', mf: 'Espressif' };

/** What was announced to Home Assistant: by Zigbee2MQTT, ESPHome, rtl_433, and by a device in one message. */
export const homeAssistant: readonly RecordedMessage[] = [
  plain('homeassistant/status', 'online', true),
  zigbeeSensor('temperature', { device_class: 'temperature', unit_of_measurement: '°C' }),
  zigbeeSensor('battery', {
    device_class: 'battery',
    entity_category: 'diagnostic',
    unit_of_measurement: '%',
  }),
  zigbeeSensor('linkquality', { entity_category: 'diagnostic', unit_of_measurement: 'lqi' }),
  json(
    'homeassistant/sensor/attic/attic_temperature/config',
    {
      dev_cla: 'temperature',
      unit_of_meas: '°F',
      stat_cla: 'measurement',
      name: 'Attic Temperature',
      stat_t: 'attic/sensor/attic_temperature/state',
      avty_t: 'attic/status',
      uniq_id: 'ESPsensorattic_temperature',
      dev: atticDevice,
    },
    true,
  ),
  json(
    'homeassistant/sensor/attic/attic_pressure/config',
    {
      dev_cla: 'atmospheric_pressure',
      unit_of_meas: 'kPa',
      stat_cla: 'measurement',
      name: 'Attic Pressure',
      stat_t: 'attic/sensor/attic_pressure/state',
      avty_t: 'attic/status',
      uniq_id: 'ESPsensorattic_pressure',
      dev: atticDevice,
    },
    true,
  ),
  json(
    'homeassistant/sensor/Acurite-Tower-A-1234/Acurite-Tower-A-1234-T/config',
    {
      '~': 'rtl_433/shed/devices/Acurite-Tower/A/1234',
      dev_cla: 'temperature',
      name: 'Temperature',
      unit_of_meas: '°F',
      val_tpl: '{{ value|float }}',
      stat_t: '~/temperature_F',
      uniq_id: 'Acurite-Tower-A-1234-T',
      device: { identifiers: ['Acurite-Tower-A-1234'], name: 'Acurite-Tower-A-1234', mf: 'rtl_433' },
    },
    true,
  ),
  json(
    'homeassistant/sensor/Acurite-Tower-A-1234/Acurite-Tower-A-1234-H/config',
    {
      '~': 'rtl_433/shed/devices/Acurite-Tower/A/1234',
      dev_cla: 'humidity',
      name: 'Humidity',
      unit_of_meas: '%',
      val_tpl: '{{ value }}',
      stat_t: '~/humidity',
      uniq_id: 'Acurite-Tower-A-1234-H',
      device: { identifiers: ['Acurite-Tower-A-1234'], name: 'Acurite-Tower-A-1234', mf: 'rtl_433' },
    },
    true,
  ),
  json(
    'homeassistant/device/greenhouse_1/config',
    {
      dev: { ids: 'greenhouse_1', name: 'Greenhouse', mf: 'Own', mdl: 'Pico' },
      o: { name: 'greenhouse', sw: '1.2' },
      '~': 'garden/greenhouse',
      avty: [{ t: '~/there', pl_avail: 'yes', pl_not_avail: 'no' }],
      stat_t: '~/state',
      cmps: {
        temperature: {
          p: 'sensor',
          dev_cla: 'temperature',
          unit_of_meas: '°C',
          val_tpl: "{{ value_json['air']['temperature'] }}",
          uniq_id: 'gh1_t',
        },
        soil: {
          p: 'sensor',
          name: 'Soil moisture',
          unit_of_meas: '%',
          val_tpl: '{{ value_json.soil[0] }}',
          uniq_id: 'gh1_s',
        },
        window: {
          p: 'binary_sensor',
          dev_cla: 'window',
          val_tpl: '{{ value_json.window }}',
          pl_on: 'ajar',
          pl_off: 'shut',
          uniq_id: 'gh1_w',
        },
        pump: { p: 'switch', cmd_t: '~/pump/set', uniq_id: 'gh1_p' },
        removed: { p: 'sensor' },
      },
    },
    true,
  ),
];

/** What the devices behind those announcements say, and others whom nobody knows. */
export const others: readonly RecordedMessage[] = [
  json('garden/greenhouse/state', { air: { temperature: 27.5 }, soil: [41, 38], window: 'ajar' }),
  plain('garden/greenhouse/there', 'yes', true),
  plain('rtl_433/shed/devices/Acurite-Tower/A/1234/temperature_F', '48.2'),
  plain('rtl_433/shed/devices/Acurite-Tower/A/1234/humidity', '71'),
  plain('solar/inverter/power', '1240'),
  json('weather', { wind: 4.2, gust: 7.9, from: 'NW', rain: 0, sun: 812, uv: 3 }),
  plain('doorbell', 'ding'),
];

/** What those say later who are only announced at first. */
export const later: readonly RecordedMessage[] = [
  json('zigbee2mqtt/hall motion', {
    occupancy: true,
    temperature: 19.4,
    illuminance: 12,
    battery: 88,
    linkquality: 90,
  }),
  json('zigbee2mqtt/cellar lock', { state: 'LOCK', lock_state: 'locked', battery: 55 }),
  json('house/boiler/tele/STATE', { Time: '2026-10-31T19:00:03', POWER1: 'EIN', POWER2: 'AUS' }),
  plain('attic/sensor/attic_pressure/state', '100.3'),
];

/** The whole house: what is retained as well as what is live. */
export const wholeHouse: readonly RecordedMessage[] = [
  ...zigbee2mqtt,
  ...zigbeeList,
  ...tasmota,
  ...tasmotaDiscovery,
  ...esphome,
  ...homeAssistant,
  ...others,
];
