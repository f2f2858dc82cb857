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
