import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { createManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';
import { createFakeBosch } from '../sensors/fake-bosch.js';
import { createFakeMachine } from '../sensors/fake-machine.js';
import { createFakeBuses } from '../sensors/fake-rpio.js';
import { firstReadings } from '../sensors/first-readings.js';
import { createInputBench, describeInput, type InputSource } from './input-suite.js';

const buses = createFakeBuses();
const machine = await createFakeMachine(buses.rpio);
jest.unstable_mockModule('../../../adapters/sensors/machine.js', () => ({ thisMachine: machine }));
const { temperatureInput } = await import('../../../adapters/input/temperature.js');
afterAll(async () => {
  await machine[Symbol.asyncDispose]();
});

const IIO = 'sys/bus/iio/devices/iio:device0';
const W1 = 'sys/bus/w1/devices/28-0316a2791cff';
const HWMON = 'sys/class/hwmon/hwmon0';

async function plugIio(): Promise<void> {
  await machine.write(`${IIO}/name`, 'bme280\n');
  await machine.write(`${IIO}/in_temp_input`, '21500\n');
}

async function plugAll(): Promise<void> {
  await plugIio();
  await machine.write(`${W1}/temperature`, '18000\n');
  await machine.write(`${HWMON}/name`, 'cpu_thermal\n');
  await machine.write(`${HWMON}/temp1_input`, '52000\n');
}

/** A file of the kernel's, whose device can be unplugged. */
async function openFile(): Promise<InputSource> {
  await plugIio();
  const unplug = () => machine.remove(IIO);
  return {
    options: { source: 'iio' },
    async kill() {
      await unplug();
      await machine.untilLookedAt();
      await plugIio();
    },
    ruin: unplug,
    [Symbol.asyncDispose]: () => machine.remove('sys'),
  };
}

/** A chip on the bus of a Raspberry Pi, which answers nothing for as long as it is unplugged. */
async function openChip(): Promise<InputSource> {
  await machine.becomePi();
  const chip = createFakeBosch('bme280');
  buses.i2c.set(0x76, chip);
  const unplug = (): void => void buses.i2c.delete(0x76);
  return {
    options: { source: 'bme280', address: 0x76 },
    async kill() {
      unplug();
      await machine.untilLookedAt();
      buses.i2c.set(0x76, chip);
    },
    ruin: unplug,
    async [Symbol.asyncDispose]() {
      unplug();
      await machine.remove('proc');
    },
  };
}

describe('of the kernel', () => describeInput(temperatureInput, openFile));
describe('of a BME280', () => describeInput(temperatureInput, openChip));

type Settings = Parameters<typeof temperatureInput.create>[0];
const parse = (options: object): Settings => temperatureInput.options.parse(options);

/** The first reading, or why there is none. */
async function first(options: object, settings = parse(options)): Promise<number | string | undefined> {
  return firstReadings(temperatureInput, settings).then(
    ([value]) => value,
    (error: Error) => error.message,
  );
}

describe('which sensor is read', () => {
  test.each([
    [{}, 21.5],
    [{ source: 'iio' }, 21.5],
    [{ source: 'w1' }, 18],
    [{ source: 'hwmon' }, 52],
    [{ device: 'cpu_thermal' }, 52],
    [{ device: 'hwmon0', label: 'temp1' }, 52],
    [{ device: '28-0316a2791cff' }, 18],
    [{ label: 'temp' }, 21.5],
  ])('%j', async (options, value) => {
    await plugAll();
    expect(await first(options)).toBe(value);
    await machine.remove('sys');
  });

  test.each([
    [
      { device: 'sht3x' },
      'found iio: bme280, 1-wire: 28-0316a2791cff, hwmon: cpu_thermal (temp1), expected one with device sht3x',
    ],
    [{ source: 'hwmon', label: 'Tctl' }, 'found hwmon: cpu_thermal (temp1), expected one with label Tctl'],
    [
      { source: 'w1', device: '28-1', label: 'x' },
      'found 1-wire: 28-0316a2791cff, expected one with device 28-1 and label x',
    ],
    [{ address: 0x76 }, 'found address with source auto, expected it with bme280 or bmp280 alone'],
    [{ source: 'bmp280', device: 'x' }, 'found device or label with source bmp280, expected address'],
    [{ source: 'bme280' }, 'this machine is not a Raspberry Pi'],
  ])('none: %j', async (options, reason) => {
    await plugAll();
    expect(await first(options)).toContain(reason);
    await machine.remove('sys');
  });

  test('none, where there is none, with what would help', async () => {
    expect(await first({})).toBe(
      'found no temperature sensor in bus/iio/devices, bus/w1/devices, class/hwmon of /sys, expected one that the kernel drives ' +
        '(on a Pi: dtoverlay=i2c-sensor,bme280 or dtoverlay=w1-gpio for a DS18B20 in /boot/firmware/config.txt), or source: bme280',
    );
  });

  test('the same again after it was gone, and no other meanwhile', async () => {
    await plugAll();
    const settings = parse({});
    expect(await first({}, settings)).toBe(21.5);
    await machine.remove(IIO);
    expect(await first({}, settings)).toBe(
      'iio: bme280 is gone, expected it to come back: is it still connected?',
    );
    await plugIio();
    expect(await first({}, settings)).toBe(21.5);
    await machine.remove('sys');
  });
});

describe('a BME280', () => {
  test.each([
    [[0x76, 0x77], {}, 25.08],
    [[0x77], {}, 25.08],
    [[0x77], { address: 0x77 }, 25.08],
    [[0x77], { address: 0x76 }, 'no device answers at 0x76 on I2C'],
    [[], {}, 'no device answers at 0x77 on I2C'],
  ])('at %j is found by %j', async (addresses, options, expected) => {
    await machine.becomePi();
    for (const address of addresses) buses.i2c.set(address, createFakeBosch('bme280'));
    const read = await first({ source: 'bme280', ...options });
    if (typeof expected === 'number') expect(read).toBe(expected);
    else expect(read).toContain(expected);
    buses.i2c.clear();
  });

  test('that the kernel drives is left to it', async () => {
    await machine.becomePi();
    buses.i2c.set(0x76, createFakeBosch('bme280'));
    await machine.write('sys/bus/i2c/devices/1-0076/driver/uevent', '');
    expect(await first({ source: 'bme280', address: 0x76 })).toBe(
      'the kernel drives the device at 0x76 on I2C: set source: iio',
    );
    buses.i2c.clear();
    await machine.remove('sys');
  });

  test('beyond its range is refused', async () => {
    await machine.becomePi();
    const chip = createFakeBosch('bme280');
    chip.adcT = 1_000_000;
    buses.i2c.set(0x76, chip);
    expect(await first({ source: 'bme280', address: 0x76 })).toMatch(
      /^bme280: 0x76: found [\d.]+ °C, expected -40 to 85 °C, which is its range, 5 times in a row$/,
    );
    buses.i2c.clear();
  });
});

test('an unplugged sensor ends it with a sentence, and a fault of one reading does not', async () => {
  await plugIio();
  const clock = createManualClock();
  const bench = createInputBench(clock, 0.1);
  const running = temperatureInput.create(parse({}), bench.context).run(new AbortController().signal);
  const ended = expect(running).rejects.toThrow(
    /^iio: bme280 is gone \(ENOENT at .*\): is it still connected\?$/,
  );
  await until(() => bench.readings.length === 1, 'a reading');
  await machine.write(`${IIO}/in_temp_input`, '\n');
  await new Promise(setImmediate);
  clock.advance(0.1);
  await until(() => bench.rejections.length === 1, 'a refusal');
  expect(bench.rejections).toEqual(['iio: bme280: found "", expected a number']);
  await machine.remove(IIO);
  await new Promise(setImmediate);
  clock.advance(0.1);
  await ended;
});

describe('probe', () => {
  test('lists what there is, and what is read', async () => {
    await plugAll();
    expect(await temperatureInput.probe?.(parse({}))).toEqual({
      ok: true,
      detail: 'reads iio: bme280; there are also 1-wire: 28-0316a2791cff, hwmon: cpu_thermal (temp1)',
    });
    expect(await temperatureInput.probe?.(parse({ source: 'w1' }))).toEqual({
      ok: true,
      detail: 'reads 1-wire: 28-0316a2791cff',
    });
    await machine.remove('sys');
  });
});

test('is read at 10 Hz, a 1-wire sensor once a second, and encoded over the range of the contract', () => {
  expect(temperatureInput.everySeconds?.(parse({}))).toBe(0.1);
  expect(temperatureInput.everySeconds?.(parse({ source: 'w1' }))).toBe(1);
  expect(temperatureInput.encoder?.(parse({}))).toEqual({ name: 'level', min: 0, max: 100 });
});

test('addresses and sources that are none are refused in words', () => {
  const result = temperatureInput.options.safeParse({ address: 0x40 });
  expect(result.error?.issues[0]?.message).toBe('0x76 or 0x77');
  expect(temperatureInput.options.safeParse({ source: 'dht22' }).success).toBe(false);
});
