import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { mqttInput } from '../../../adapters/input/mqtt.js';
import { faultsOf } from '../../../contract/explain.js';
import { temporaryFolder } from '../../support/cli.js';
import { createManualClock } from '../../support/manual-clock.js';
import { esphome, type RecordedMessage, tasmota, zigbee2mqtt } from '../../support/recorded-house.js';
import { createInputBench, describeInput, type InputBench } from './input-suite.js';

const TOPIC = 'zigbee2mqtt/climate';
const AVAILABILITY = 'zigbee2mqtt/climate/availability';

describeInput(mqttInput, async () => {
  let isThere = true;
  const say = ({ publish }: InputBench, state: string): void =>
    publish(AVAILABILITY, JSON.stringify({ state }));
  return {
    options: { topic: TOPIC, path: 'temperature', availability: { topic: AVAILABILITY, path: 'state' } },
    feed(bench) {
      if (!isThere) say(bench, 'offline');
      isThere = true;
      bench.publish(TOPIC, '{"temperature": 21.5}');
      bench.publish(TOPIC, '{"temperature": null}');
    },
    kill() {
      isThere = false;
    },
  };
});

/** An input that runs, and what becomes of it. */
async function listening(options: object, clock = createManualClock()) {
  const bench = createInputBench(clock);
  const stop = new AbortController();
  const running = mqttInput.create(mqttInput.options.parse(options), bench.context).run(stop.signal);
  await Promise.resolve();
  return { ...bench, clock, running, stop: () => stop.abort() };
}

const publishAll = ({ publish }: InputBench, messages: readonly RecordedMessage[]): void => {
  for (const { topic, payload, retained } of messages) publish(topic, payload, retained);
};

describe('what devices publish', () => {
  test.each([
    ['Zigbee2MQTT', zigbee2mqtt, { topic: 'zigbee2mqtt/climate', path: 'pressure' }, 1006.7],
    ['Zigbee2MQTT', zigbee2mqtt, { topic: 'zigbee2mqtt/bath/door', path: 'contact' }, 0],
    ['Zigbee2MQTT', zigbee2mqtt, { topic: 'zigbee2mqtt/lamp', path: 'state' }, 1],
    ['Tasmota', tasmota, { topic: 'tele/plug/SENSOR', path: 'ENERGY.Power' }, 38],
    ['Tasmota', tasmota, { topic: 'tele/plug/STATE', path: 'POWER' }, 1],
    [
      'Tasmota',
      tasmota,
      { topic: 'tele/cellar/SENSOR', path: 'AM2301.Temperature', unit: '°C', unit_path: 'TempUnit' },
      21.5,
    ],
    ['ESPHome', esphome, { topic: 'attic/sensor/attic_co2/state', retained: true }, 612],
    ['ESPHome', esphome, { topic: 'attic/binary_sensor/+/state', retained: true }, 1],
  ])('%s %#', async (_, messages, options, value) => {
    const input = await listening(options);
    publishAll(input, messages);
    expect(input.readings).toEqual([{ value: expect.closeTo(value, 9) }]);
    expect(input.rejections).toEqual([]);
    input.stop();
  });

  test('what the broker had kept from before is old', async () => {
    const input = await listening({ topic: 'attic/sensor/attic_co2/state' });
    publishAll(input, esphome);
    expect(input.readings).toEqual([]);
    input.stop();
  });
});

describe('a device that says it is not there', () => {
  test.each([
    ['zigbee2mqtt/lamp/availability', { path: 'state' }, '{"state":"offline"}'],
    ['zigbee2mqtt/lamp/availability', { path: 'state' }, 'offline'],
    ['tele/plug/LWT', {}, 'Offline'],
    ['attic/status', {}, 'offline'],
    ['garage/there', { online: 'yes', offline: 'no' }, 'no'],
  ])('%s %j %s', async (topic, words, text) => {
    const input = await listening({ topic: 'a/b', availability: { topic, ...words } });
    input.publish(topic, text, true);
    expect(input.losses).toEqual([expect.stringContaining(`${topic} says that the device is`)]);
    input.stop();
  });

  test('one that says something else is refused', async () => {
    const input = await listening({ topic: 'a/b', availability: { topic: 'a/status' } });
    input.publish('a/status', 'asleep');
    expect(input.rejections).toEqual(['found "asleep" on a/status, expected online or offline']);
    input.stop();
  });

  test('and one that is there says nothing', async () => {
    const input = await listening({ topic: 'a/b', availability: { topic: 'tele/plug/LWT' } });
    publishAll(input, tasmota);
    expect([...input.losses, ...input.rejections]).toEqual([]);
    input.stop();
  });
});

test('readings that stay away are noticed, each time', async () => {
  const input = await listening({ topic: 'a/b', expire_after: '1m' });
  input.clock.advance(59);
  input.publish('a/b', '1');
  input.clock.advance(59);
  expect(input.losses).toEqual([]);
  input.clock.advance(1);
  expect(input.losses).toEqual(['nothing has come on a/b for 60 s']);
  input.publish('a/b', 'no number');
  input.clock.advance(60);
  expect(input.losses).toHaveLength(1);
  input.publish('a/b', '1');
  input.clock.advance(60);
  expect(input.losses).toHaveLength(2);
  input.stop();
  input.clock.advance(1000);
  expect(input.losses).toHaveLength(2);
});

test('a message may bring its time, and one of another kind is passed over', async () => {
  const input = await listening({ topic: 'a/b', path: 'value', time_path: 'at', where: { kind: 'heat' } });
  input.publish('a/b', '{"kind": "heat", "value": 21.5, "at": 1795557600.25}');
  input.publish('a/b', '{"kind": "wind", "value": 7}');
  input.publish('a/b', '{"kind": "heat", "value": 22, "at": "yesterday"}');
  expect(input.readings).toEqual([{ value: 21.5, at: { wholeSeconds: 1795557600, fraction: 0.25 } }]);
  expect(input.rejections).toEqual([expect.stringContaining('a/b: at: found "yesterday", expected a time')]);
  input.stop();
});

test('a message that has no number says where and what was found', async () => {
  const input = await listening({ topic: 'zigbee2mqtt/+', path: 'temperature' });
  input.publish('zigbee2mqtt/climate', '{"humidity": 40}');
  expect(input.rejections).toEqual([
    'zigbee2mqtt/climate: temperature: found nothing, expected a number, a number with its unit, or a word of map',
  ]);
  input.stop();
});

describe('a broker of its own', () => {
  test("is asked with the file's password", async () => {
    await using folder = await temporaryFolder();
    const password_file = join(folder.path, 'password');
    await writeFile(password_file, 'p@ss/w:rd\n');
    const heard = mqttInput.hears?.(
      mqttInput.options.parse({ topic: 'a/b', broker: 'mqtt://me@house:1884', password_file }),
    );
    expect(heard?.brokerUrl).toBe('mqtt://me:p%40ss%2Fw%3Ard@house:1884');
  });

  test('whose password is not there says so', async () => {
    const input = await listening({
      topic: 'a/b',
      broker: 'mqtt://me@house',
      password_file: '/no/such/file',
    });
    await expect(input.running).rejects.toThrow('cannot read password_file /no/such/file');
  });
});

test.each([
  [{}, 'topic'],
  [{ topic: 'a/#/b' }, 'an MQTT topic'],
  [{ topic: 'a', path: '..' }, 'a path such as'],
  [{ topic: 'a', broker: 'http://house' }, 'a broker address such as'],
  [{ topic: 'a', unit: 'furlong' }, 'a unit such as'],
  [{ topic: 'a', availability: {} }, 'topic'],
])('the options %j are refused', (options, sentence) => {
  const [fault] = faultsOf(mqttInput.options, options);
  expect(`${fault?.path.join('.')}: ${fault?.expected}`).toContain(sentence);
});
