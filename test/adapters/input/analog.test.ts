import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { createFakeMachine } from '../sensors/fake-machine.js';
import { createFakeMcp3008 } from '../sensors/fake-mcp3008.js';
import { createFakeBuses } from '../sensors/fake-rpio.js';
import { firstReadings } from '../sensors/first-readings.js';
import { describeInput, type InputSource } from './input-suite.js';

const buses = createFakeBuses();
const machine = await createFakeMachine(buses.rpio);
jest.unstable_mockModule('../../../adapters/sensors/machine.js', () => ({ thisMachine: machine }));
const { analogInput } = await import('../../../adapters/input/analog.js');
afterAll(async () => {
  await machine[Symbol.asyncDispose]();
});

const chip = createFakeMcp3008((isSingle, channel) => (isSingle ? 100 * channel : 7));
const DEVICE = 'sys/bus/iio/devices/iio:device0';

async function plugKernels(): Promise<void> {
  await machine.write(`${DEVICE}/name`, 'mcp3008\n');
  await machine.write(`${DEVICE}/in_voltage2_raw`, '200\n');
  await machine.write(`${DEVICE}/in_voltage2-voltage3_raw`, '10\n');
  await machine.write(`${DEVICE}/in_voltage_scale`, '3.222656250\n');
  await machine.write(`${DEVICE}/in_voltage-voltage_scale`, '3.222656250\n');
}

async function openChip(): Promise<InputSource> {
  await machine.becomePi();
  buses.spi.set(0, chip);
  return {
    options: { channel: 5 },
    ruin: () => void buses.spi.delete(0),
    async [Symbol.asyncDispose]() {
      buses.spi.delete(0);
      await machine.remove('proc');
    },
  };
}

async function openKernels(): Promise<InputSource> {
  await plugKernels();
  return {
    options: { source: 'iio', channel: 2 },
    async kill() {
      await machine.remove(DEVICE);
      await machine.untilLookedAt();
      await plugKernels();
    },
    ruin: () => machine.remove(DEVICE),
    [Symbol.asyncDispose]: () => machine.remove('sys'),
  };
}

describe('of an MCP3008', () => describeInput(analogInput, openChip));
describe('of the kernel', () => describeInput(analogInput, openKernels));

const parse = (options: object) => analogInput.options.parse(options);

const read = async (options: object): Promise<number | undefined> =>
  (await firstReadings(analogInput, analogInput.options.parse(options)))[0];

test.each([
  [{ channel: 3 }, (300 / 1024) * 3.3],
  [{ channel: 3, reference: 5 }, (300 / 1024) * 5],
  [{ channel: 7, differential: true }, (7 / 1024) * 3.3],
  [{ channel: 1, chip_select: 1 }, (100 / 1024) * 3.3],
  [{ source: 'iio', channel: 2 }, (200 / 1024) * 3.3],
  [{ source: 'iio', channel: 2, differential: true, device: 'mcp3008' }, (10 / 1024) * 3.3],
])('%j is read in volts', async (options, volts) => {
  await machine.becomePi();
  await plugKernels();
  for (const line of [0, 1]) buses.spi.set(line, chip);
  expect(await read(options)).toBeCloseTo(volts, 9);
  buses.spi.clear();
  await machine.remove('sys');
});

test.each([
  [{ channel: 8 }, 'found channel 8, expected 0 to 7 of an MCP3008'],
  [{ device: 'mcp3008' }, 'found device with source mcp3008, expected chip_select'],
  [{}, /found a 1 where the chip sends a 0 .*, 5 times in a row$/],
  [
    { source: 'iio' },
    'found iio: mcp3008 (voltage2), iio: mcp3008 (voltage2-voltage3), expected a converter with the channel voltage0',
  ],
  [{ source: 'iio', channel: 2, device: 'ads1115' }, 'expected ads1115 with the channel voltage2'],
])('%j is refused in a sentence', async (options, reason) => {
  await machine.becomePi();
  await plugKernels();
  await expect(read(options)).rejects.toThrow(reason);
  await machine.remove('sys');
});

test('the kernel without a converter is said so', async () => {
  await expect(read({ source: 'iio' })).rejects.toThrow(
    'found no voltage in bus/iio/devices of /sys, expected a converter with the channel voltage0',
  );
});

test('the reference is the level 1', () => {
  expect(analogInput.encoder?.(parse({ reference: 5 }))).toEqual({ name: 'level', min: 0, max: 5 });
});

describe('probe', () => {
  test('says what the input reads', async () => {
    await machine.becomePi();
    buses.spi.set(0, chip);
    expect(await analogInput.probe?.(parse({ channel: 5 }))).toEqual({
      ok: true,
      detail: 'mcp3008: CE0, channel 5 reads 1.611 V',
    });
    buses.spi.clear();
  });

  test('says that nothing answers, and where it cannot be', async () => {
    await machine.becomePi();
    expect(await analogInput.probe?.(parse({}))).toEqual({
      ok: false,
      reason: expect.stringContaining('found a 1'),
    });
    await machine.remove('proc');
    expect(await analogInput.probe?.(parse({}))).toEqual({
      ok: false,
      reason: expect.stringMatching(
        /^this machine is not a Raspberry Pi .* \(dtoverlay=mcp3008,spi0-0-present .* source: iio$/,
      ),
    });
  });
});
