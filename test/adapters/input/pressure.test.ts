import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { createFakeBosch } from '../sensors/fake-bosch.js';
import { createFakeMachine } from '../sensors/fake-machine.js';
import { createFakeBuses } from '../sensors/fake-rpio.js';
import { firstReadings } from '../sensors/first-readings.js';
import { describeInput } from './input-suite.js';

const buses = createFakeBuses();
const machine = await createFakeMachine(buses.rpio);
jest.unstable_mockModule('../../../adapters/sensors/machine.js', () => ({ thisMachine: machine }));
const { pressureInput } = await import('../../../adapters/input/pressure.js');
afterAll(async () => {
  await machine[Symbol.asyncDispose]();
});

const IIO = 'sys/bus/iio/devices/iio:device0';
const plug = async (): Promise<void> => {
  await machine.write(`${IIO}/name`, 'bmp280\n');
  await machine.write(`${IIO}/in_pressure_input`, '101.325000000\n');
};

describeInput(pressureInput, async () => {
  await plug();
  return {
    options: {},
    async kill() {
      await machine.remove(IIO);
      await machine.untilLookedAt();
      await plug();
    },
    ruin: () => machine.remove(IIO),
    [Symbol.asyncDispose]: () => machine.remove('sys'),
  };
});

const read = (options: object, count = 1): Promise<number[]> =>
  firstReadings(pressureInput, pressureInput.options.parse(options), count);

test('is in hPa, where the kernel says kilopascal', async () => {
  await plug();
  expect(await read({})).toEqual([expect.closeTo(1013.25, 6)]);
  await machine.remove('sys');
});

test.each(['bme280', 'bmp280'] as const)("of a %s is that of the datasheet's example", async (source) => {
  await machine.becomePi();
  buses.i2c.set(0x77, createFakeBosch(source));
  const example = expect.closeTo(25767233 / 25600, 9);
  expect(await read({ source, address: 0x77 }, 3)).toEqual([example, example, example]);
  buses.i2c.clear();
});

describe('of a chip that skips it or is beyond its range ends in a sentence', () => {
  test.each([
    [0x80000, 'bmp280: 0x76: found a measurement that was skipped, expected a pressure, 5 times in a row'],
    [
      10,
      /^bmp280: 0x76: found \d+(\.\d+)? hPa, expected 300 to 1100 hPa, which is its range, 5 times in a row$/,
    ],
  ])('%i', async (adcP, reason) => {
    await machine.becomePi();
    buses.i2c.set(0x76, Object.assign(createFakeBosch('bmp280'), { adcP }));
    await expect(read({ source: 'bmp280', address: 0x76 })).rejects.toThrow(reason);
    buses.i2c.clear();
  });
});

test('two inputs of one chip measure beside each other', async () => {
  await machine.becomePi();
  buses.i2c.set(0x76, createFakeBosch('bme280'));
  const both = await Promise.all([
    read({ source: 'bme280', address: 0x76 }, 5),
    read({ source: 'bme280', address: 0x76 }, 5),
  ]);
  expect(both.flat()).toEqual(Array(10).fill(expect.closeTo(25767233 / 25600, 9)));
  buses.i2c.clear();
});

test('is encoded over the range of the contract, and not read where no sensor has it', () => {
  expect(pressureInput.encoder?.(pressureInput.options.parse({}))).toEqual({
    name: 'level',
    min: 900,
    max: 1100,
  });
  expect(pressureInput.options.safeParse({ source: 'w1' }).success).toBe(false);
  expect(pressureInput.options.safeParse({ source: 'hwmon' }).success).toBe(false);
});

test('probe says where none is and what would help', async () => {
  expect(await pressureInput.probe?.(pressureInput.options.parse({}))).toEqual({
    ok: false,
    reason:
      'found no pressure sensor in bus/iio/devices of /sys, expected one that the kernel drives (on a Pi: dtoverlay=i2c-sensor,bme280 in /boot/firmware/config.txt), or source: bme280',
  });
});
