import { describe, expect, test } from '@jest/globals';
import { findIio } from '../../../adapters/sensors/iio.js';
import type { Quantity } from '../../../adapters/sensors/sensor.js';
import { createFakeMachine } from './fake-machine.js';

/** What the first sensor of a device with these attributes reads. */
async function read(quantity: Quantity, attributes: Readonly<Record<string, string>>) {
  await using machine = await createFakeMachine();
  for (const [name, text] of Object.entries(attributes)) {
    await machine.write(`sys/bus/iio/devices/iio:device0/${name}`, `${text}\n`);
  }
  const sensors = await findIio(machine.sys, quantity);
  return { names: sensors.map(({ name }) => name), first: await sensors[0]?.read() };
}

const near = (value: number) => ({ value: expect.closeTo(value, 6) });

describe('a processed channel', () => {
  test.each([
    ['temperature', { in_temp_input: '25080' }, 25.08],
    ['temperature', { in_temp_input: '-5500' }, -5.5],
    ['pressure', { in_pressure_input: '100.653253' }, 1006.53253],
    ['humidity', { in_humidityrelative_input: '56203' }, 56.203],
  ] as const)('of %s %j is in our unit', async (quantity, attributes, value) => {
    expect(await read(quantity, { name: 'bme280', ...attributes })).toEqual({
      names: ['iio: bme280'],
      first: near(value),
    });
  });

  test('comes before the raw one of the same channel', async () => {
    const attributes = { name: 'bme280', in_temp_input: '21000', in_temp_raw: '2508', in_temp_scale: '10' };
    expect(await read('temperature', attributes)).toEqual({ names: ['iio: bme280'], first: near(21) });
  });
});

describe('a raw channel', () => {
  test('has offset and scale applied, in this order', async () => {
    const attributes = {
      name: 'hdc1080',
      in_temp_raw: '26000',
      in_temp_offset: '-15887.515151',
      in_temp_scale: '2.517700',
    };
    expect((await read('temperature', attributes)).first).toEqual(
      near(((26000 - 15887.515151) * 2.5177) / 1000),
    );
  });

  test('has offset 0 where none is given', async () => {
    expect(
      (await read('pressure', { in_pressure_raw: '4040', in_pressure_scale: '0.025000' })).first,
    ).toEqual(near(1010));
  });

  test('takes its own scale before that of its type', async () => {
    const attributes = {
      name: 'max31855',
      in_temp_ambient_raw: '400',
      in_temp_ambient_scale: '62.500000',
      in_temp_raw: '-800',
      in_temp_scale: '250',
    };
    await using machine = await createFakeMachine();
    for (const [name, text] of Object.entries(attributes)) {
      await machine.write(`sys/bus/iio/devices/iio:device0/${name}`, text);
    }
    const sensors = await findIio(machine.sys, 'temperature');
    expect(sensors.map(({ name, labels }) => [name, labels])).toEqual([
      ['iio: max31855 (temp_ambient)', ['temp_ambient']],
      ['iio: max31855', ['temp']],
    ]);
    expect(await Promise.all(sensors.map((sensor) => sensor.read()))).toEqual([near(25), near(-200)]);
  });

  test('shares the scale of its type', async () => {
    const attributes = { name: 'mcp3008', in_voltage3_raw: '512', in_voltage_scale: '3.222656250' };
    expect(await read('voltage', attributes)).toEqual({
      names: ['iio: mcp3008 (voltage3)'],
      first: near(1.65),
    });
  });

  test('of two inputs shares the scale of such pairs', async () => {
    const attributes = {
      name: 'mcp3008',
      'in_voltage0-voltage1_raw': '100',
      'in_voltage-voltage_scale': '3.222656250',
      in_voltage_scale: '9',
    };
    expect((await read('voltage', attributes)).first).toEqual(near(0.322265625));
  });

  test('without a scale is no measurement', async () => {
    expect((await read('temperature', { in_temp_raw: '26000' })).first).toEqual({
      reason: 'iio: iio:device0: found "26000", expected a number with its scale',
    });
  });
});

describe('the driver of the BME680, which keeps its own units, is understood', () => {
  test.each([
    ['pressure', { in_pressure_input: '1014.350000' }, 1014.35],
    ['pressure', { in_pressure_input: '101.435000' }, 1014.35],
    ['humidity', { in_humidityrelative_input: '41.074000' }, 41.074],
    ['humidity', { in_humidityrelative_input: '41074' }, 41.074],
    ['temperature', { in_temp_input: '24540' }, 24.54],
  ] as const)('in %s %j', async (quantity, attributes, value) => {
    expect((await read(quantity, { name: 'bme680', ...attributes })).first).toEqual(near(value));
  });
});

describe('humidity', () => {
  test.each([
    ['100400', 100],
    ['-300', 0],
  ])('of %s thousandths counts as %i %%', async (text, value) => {
    expect((await read('humidity', { in_humidityrelative_input: text })).first).toEqual({ value });
  });
});

test.each([
  ['temperature', { in_temp_input: '-300000' }, 'found -300 °C, expected -273.15 to 2000 °C'],
  ['pressure', { in_pressure_input: '-1' }, 'found -10 hPa, expected 0 to 2000 hPa'],
  ['humidity', { in_humidityrelative_input: '125000' }, 'found 125 %, expected -6 to 119 %'],
  ['humidity', { in_humidityrelative_input: 'no' }, 'found "no", expected a number'],
] as const)('refuses %s %j', async (quantity, attributes, reason) => {
  expect((await read(quantity, attributes)).first).toEqual({ reason: expect.stringContaining(reason) });
});
