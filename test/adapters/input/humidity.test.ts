import { afterAll, expect, jest, test } from '@jest/globals';
import { createFakeBosch } from '../sensors/fake-bosch.js';
import { createFakeMachine } from '../sensors/fake-machine.js';
import { createFakeBuses } from '../sensors/fake-rpio.js';
import { firstReadings } from '../sensors/first-readings.js';
import { describeInput } from './input-suite.js';

const buses = createFakeBuses();
const machine = await createFakeMachine(buses.rpio);
jest.unstable_mockModule('../../../adapters/sensors/machine.js', () => ({ thisMachine: machine }));
const { humidityInput } = await import('../../../adapters/input/humidity.js');
afterAll(async () => {
  await machine[Symbol.asyncDispose]();
});

const HWMON = 'sys/class/hwmon/hwmon0';
const plug = async (): Promise<void> => {
  await machine.write(`${HWMON}/name`, 'sht3x\n');
  await machine.write(`${HWMON}/humidity1_input`, '45250\n');
};

describeInput(humidityInput, async () => {
  await plug();
  return {
    options: {},
    async kill() {
      await machine.remove(HWMON);
      await machine.untilLookedAt();
      await plug();
    },
    ruin: () => machine.remove(HWMON),
    [Symbol.asyncDispose]: () => machine.remove('sys'),
  };
});

const read = async (options: object): Promise<number | undefined> =>
  (await firstReadings(humidityInput, humidityInput.options.parse(options)))[0];

test('of a chip of hardware monitoring is in percent', async () => {
  await plug();
  expect(await read({})).toBe(45.25);
  await machine.remove('sys');
});

test('of industrial I/O comes first', async () => {
  await plug();
  await machine.write('sys/bus/iio/devices/iio:device0/in_humidityrelative_input', '56203\n');
  expect(await read({})).toBeCloseTo(56.203, 9);
  await machine.remove('sys');
});

test('of a BME280 is what its datasheet computes', async () => {
  await machine.becomePi();
  buses.i2c.set(0x76, createFakeBosch('bme280'));
  expect(await read({ source: 'bme280' })).toBe(57552 / 1024);
  buses.i2c.clear();
});

test('of a BMP280 there is none', async () => {
  await machine.becomePi();
  buses.i2c.set(0x76, createFakeBosch('bmp280'));
  await expect(read({ source: 'bme280', address: 0x76 })).rejects.toThrow(
    'found the chip id 0x58 (a BMP280) at 0x76 on I2C, expected 0x60 (a BME280)',
  );
  expect(humidityInput.options.safeParse({ source: 'bmp280' }).success).toBe(false);
  buses.i2c.clear();
});

test('is encoded over the range of the contract', () => {
  expect(humidityInput.encoder?.(humidityInput.options.parse({}))).toEqual({
    name: 'level',
    min: 0,
    max: 100,
  });
});
