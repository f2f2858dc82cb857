import { describe, expect, test } from '@jest/globals';
import {
  type BoschChip,
  type BoschReading,
  openBme280,
  readTrimming,
} from '../../../adapters/sensors/bme280.js';
import { createI2cDevice } from '../../../adapters/sensors/i2c-device.js';
import { createManualClock } from '../../support/manual-clock.js';
import { createFakeBosch, EXAMPLE, type FakeBosch } from './fake-bosch.js';
import { createFakeBuses } from './fake-rpio.js';
import { runClock } from './run-clock.js';

const ADDRESS = 0x76;

/** A bus with one chip on it. */
function wired(kind: BoschChip, trimming = EXAMPLE) {
  const buses = createFakeBuses();
  const chip = createFakeBosch(kind, trimming);
  buses.i2c.set(ADDRESS, chip);
  const clock = createManualClock();
  const device = createI2cDevice(buses.rpio, ADDRESS);
  return { buses, chip, clock, open: (as = kind) => runClock(clock, openBme280(device, as, clock)) };
}

async function measured(
  kind: BoschChip,
  change: (chip: FakeBosch) => void = () => {},
): Promise<BoschReading> {
  const { chip, clock, open } = wired(kind);
  const sensor = await open();
  change(chip);
  return runClock(clock, sensor.measure());
}

describe('a BMP280', () => {
  test("gives the datasheet's example", async () => {
    expect(await measured('bmp280')).toEqual({
      temperature: 25.08,
      pressure: expect.closeTo(1006.5327, 3),
      humidity: null,
    });
  });

  test('is told to measure once, without a filter, and never what a BMP280 does not have', async () => {
    const { chip, clock, open } = wired('bmp280');
    const sensor = await open();
    await runClock(clock, sensor.measure());
    await runClock(clock, sensor.measure());
    expect(chip.writes).toEqual([
      [0xf5, 0],
      [0xf4, 0b001_001_01],
      [0xf4, 0b001_001_01],
    ]);
  });
});

describe('a BME280', () => {
  test('gives humidity too', async () => {
    const { humidity, ...rest } = await measured('bme280');
    expect(rest).toEqual({ temperature: 25.08, pressure: expect.closeTo(1006.5327, 3) });
    // What the C of BST-BME280-DS002, section 4.2.3, gives for these values when it is compiled.
    expect(humidity).toBe(57552 / 1024);
  });

  test.each([
    ['positive', [75, 370, 0, 313, 50, 30]],
    ['negative', [75, 370, 0, -313, -50, -30]],
    ['of the largest', [255, 32767, 255, 2047, 2047, 127]],
    ['of the least', [0, -32768, 0, -2048, -2048, -128]],
  ])('has %s trimming values read from where they stand', (_, h) => {
    const trimming = { ...EXAMPLE, h } as unknown as typeof EXAMPLE;
    const { buses } = wired('bme280', trimming);
    const read = readTrimming(createI2cDevice(buses.rpio, ADDRESS), 'bme280', 'BME280');
    expect(Object.values(read).flat().map(Number)).toEqual([...EXAMPLE.t, ...EXAMPLE.p, ...h]);
  });

  test('measures humidity with every forced measurement', async () => {
    const { chip, clock, open } = wired('bme280');
    await runClock(clock, (await open()).measure());
    expect(chip.writes).toEqual([
      [0xf5, 0],
      [0xf2, 1],
      [0xf4, 0b001_001_01],
    ]);
  });

  test('that was left measuring by itself is put to sleep first', async () => {
    const { chip, open } = wired('bme280');
    chip.memory[0xf4] = 0b001_001_11;
    await open();
    expect(chip.writes[0]).toEqual([0xf4, 0]);
  });

  test('that has just got its supply is waited for', async () => {
    const { chip, clock, open } = wired('bme280');
    chip.copyingFor = 5;
    expect(await runClock(clock, (await open()).measure())).toMatchObject({ temperature: 25.08 });
    chip.copyingFor = Number.POSITIVE_INFINITY;
    await expect(open()).rejects.toThrow(
      'the BME280 at 0x76 does not come up: take its supply away for a moment',
    );
  });

  test('is waited for while it measures', async () => {
    const { chip, clock, open } = wired('bme280');
    const sensor = await open();
    chip.busyFor = 5;
    const before = clock.monotonicSeconds();
    expect(await runClock(clock, sensor.measure())).toMatchObject({ temperature: 25.08 });
    expect(clock.monotonicSeconds() - before).toBeGreaterThan(0.017);
  });

  test('that never ends its measurement is given up', async () => {
    const { chip, clock, open } = wired('bme280');
    const sensor = await open();
    chip.busyFor = Number.POSITIVE_INFINITY;
    await expect(runClock(clock, sensor.measure())).rejects.toThrow(
      'the BME280 at 0x76 does not end its measurement: take its supply away for a moment',
    );
  });

  test.each([
    ['temperature', { adcT: 0x80000 }, { temperature: null, pressure: null, humidity: null }],
    ['pressure', { adcP: 0x80000 }, { temperature: 25.08, pressure: null }],
    ['humidity', { adcH: 0x8000 }, { temperature: 25.08, humidity: null }],
  ])('that has skipped %s does not give it', async (_, raw, expected) => {
    expect(await measured('bme280', (chip) => Object.assign(chip, raw))).toMatchObject(expected);
  });
});

describe('says in a sentence that', () => {
  test.each([
    ['bme280', 'bmp280', 'found the chip id 0x58 (a BMP280) at 0x76 on I2C, expected 0x60 (a BME280)'],
    ['bmp280', 'bme280', 'found the chip id 0x60 (a BME280) at 0x76 on I2C, expected 0x58 (a BMP280)'],
  ] as const)('a %s is a %s', async (as, kind, reason) => {
    await expect(wired(kind).open(as)).rejects.toThrow(reason);
  });

  test('the lines are stuck', async () => {
    const { chip, open } = wired('bme280');
    chip.memory.fill(0xff);
    await expect(open()).rejects.toThrow('found the chip id 0xff at 0x76 on I2C, expected 0x60 (a BME280)');
  });

  test.each([0x00, 0xff])('all trimming registers are %i', async (byte) => {
    const { chip, open } = wired('bme280');
    chip.memory.fill(byte, 0x88, 0xa2);
    await expect(open()).rejects.toThrow(/^found 0x(00|ff) in all trimming registers of the BME280 at 0x76/);
  });

  test('all data registers are 0xff', async () => {
    const { chip, clock, open } = wired('bme280');
    const sensor = await open();
    Object.assign(chip, { adcT: 0xfffff, adcP: 0xfffff, adcH: 0xffff });
    // What shifts out below the 20 bits is 0 in a living chip.
    chip.read = (length) => Buffer.alloc(length, length === 1 ? 0 : 0xff);
    await expect(runClock(clock, sensor.measure())).rejects.toThrow('found 0xff in all data registers');
  });

  test.each([
    [1, 'no device answers at 0x76 on I2C: check its wires (SDA pin 3, SCL pin 5) and its supply'],
    [2, 'the clock was held low too long at 0x76'],
    [4, 'fewer bytes came than were asked for at 0x76'],
    [9, 'rpio gave the unknown status 9 at 0x76'],
  ])('the bus gave the status %i', async (status, reason) => {
    const { buses, clock, open } = wired('bme280');
    const sensor = await open();
    buses.status = status;
    await expect(runClock(clock, sensor.measure())).rejects.toThrow(reason);
    await expect(open()).rejects.toThrow(reason);
  });
});
