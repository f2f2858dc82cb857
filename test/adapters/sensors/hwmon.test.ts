import { expect, test } from '@jest/globals';
import { findHwmon } from '../../../adapters/sensors/hwmon.js';
import { createFakeMachine } from './fake-machine.js';

const CHIP = 'sys/class/hwmon';

test('finds every input of every chip, in order and by its label', async () => {
  await using machine = await createFakeMachine();
  await machine.write(`${CHIP}/hwmon10/name`, 'nvme\n');
  await machine.write(`${CHIP}/hwmon10/temp1_input`, '38850\n');
  await machine.write(`${CHIP}/hwmon10/temp1_label`, 'Composite\n');
  await machine.write(`${CHIP}/hwmon2/name`, 'cpu_thermal\n');
  await machine.write(`${CHIP}/hwmon2/temp1_input`, '48312\n');
  await machine.write(`${CHIP}/hwmon2/temp1_crit`, '110000\n');
  await machine.write(`${CHIP}/hwmon2/in0_input`, '5000\n');
  await machine.write(`${CHIP}/hwmon3/temp2_input`, '-5125\n');
  const sensors = await findHwmon(machine.sys, 'temperature');
  expect(sensors.map(({ name }) => name)).toEqual([
    'hwmon: cpu_thermal (temp1)',
    'hwmon: hwmon3 (temp2)',
    'hwmon: nvme (Composite)',
  ]);
  expect(sensors[2]).toMatchObject({ devices: ['nvme', 'hwmon10'], labels: ['Composite', 'temp1'] });
  expect(await Promise.all(sensors.map((sensor) => sensor.read()))).toEqual([
    { value: 48.312 },
    { value: -5.125 },
    { value: 38.85 },
  ]);
});

test('finds humidity, and no pressure, which the kernel does not show there', async () => {
  await using machine = await createFakeMachine();
  await machine.write(`${CHIP}/hwmon0/name`, 'sht3x\n');
  await machine.write(`${CHIP}/hwmon0/humidity1_input`, '45250\n');
  const [sensor] = await findHwmon(machine.sys, 'humidity');
  expect(sensor?.name).toBe('hwmon: sht3x (humidity1)');
  expect(await sensor?.read()).toEqual({ value: 45.25 });
  expect(await findHwmon(machine.sys, 'pressure')).toEqual([]);
});

test.each([
  ['-128000', 'found -128 °C, expected -55 to 150 °C, which is its range'],
  ['255500', 'found 255.5 °C, expected -55 to 150 °C'],
  ['', 'found "", expected a number'],
  ['N/A', 'found "N/A", expected a number'],
  ['4e4', 'found "4e4", expected a number'],
])('refuses %j', async (text, reason) => {
  await using machine = await createFakeMachine();
  await machine.write(`${CHIP}/hwmon0/temp1_input`, `${text}\n`);
  const [sensor] = await findHwmon(machine.sys, 'temperature');
  expect(await sensor?.read()).toEqual({
    reason: expect.stringContaining(`hwmon: hwmon0 (temp1): ${reason}`),
  });
});

test('finds nothing where there is nothing', async () => {
  await using machine = await createFakeMachine();
  expect(await findHwmon(machine.sys, 'temperature')).toEqual([]);
});
