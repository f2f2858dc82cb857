import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findOneWire, measureScratchpad } from '../../../adapters/sensors/one-wire.js';
import type { Sensor } from '../../../adapters/sensors/sensor.js';
import { createFakeMachine, type FakeMachine } from './fake-machine.js';
import { createFifo } from './fifo.js';

const BUS = 'sys/bus/w1/devices';
const GOOD = '72 01 4b 46 7f ff 0e 10 57 : crc=57 YES\n72 01 4b 46 7f ff 0e 10 57 t=23125\n';

async function only(machine: FakeMachine): Promise<Sensor> {
  const [sensor, ...others] = await findOneWire(machine.sys);
  if (sensor === undefined || others.length > 0) throw new Error('expected one sensor');
  return sensor;
}

test('finds the thermometers of every family, and nothing else on the bus', async () => {
  await using machine = await createFakeMachine();
  await machine.write(`${BUS}/28-0316a2791cff/temperature`, '21312\n');
  await machine.write(`${BUS}/28-0316a2791cff/w1_slave`, GOOD);
  await machine.write(`${BUS}/10-000802b4ba1e/w1_slave`, GOOD);
  await machine.write(`${BUS}/w1_bus_master1/temperature`, '1\n');
  await machine.write(`${BUS}/29-000000123456/temperature`, '1\n');
  await machine.write(`${BUS}/28-00000000dead/name`, 'no driver\n');
  const sensors = await findOneWire(machine.sys);
  expect(sensors.map(({ name }) => name)).toEqual(['1-wire: 10-000802b4ba1e', '1-wire: 28-0316a2791cff']);
  expect(await Promise.all(sensors.map((sensor) => sensor.read()))).toEqual([
    { value: 23.125 },
    { value: 21.312 },
  ]);
});

describe('refuses', () => {
  test.each([
    ['85000', 'found exactly 85 °C, which it says before it has measured'],
    ['-127000', 'found -127 °C, expected -55 to 125 °C'],
    ['127937', 'found 127.937 °C, expected -55 to 125 °C'],
    ['', 'found "", expected a number'],
  ])('%j in temperature', async (text, reason) => {
    await using machine = await createFakeMachine();
    await machine.write(`${BUS}/28-0316a2791cff/temperature`, `${text}\n`);
    const sensor = await only(machine);
    expect(await sensor.read()).toEqual({ reason: expect.stringContaining(`28-0316a2791cff: ${reason}`) });
  });

  test.each([
    ['a wrong CRC', GOOD.replace('YES', 'NO'), 'found a wrong CRC, expected YES in w1_slave'],
    [
      'a wire that is held low',
      GOOD.replace('crc=57 YES', 'crc=00 NO').replace('23125', '0'),
      'found a wrong CRC',
    ],
    ['the value from power-on', GOOD.replace('23125', '85000'), 'found exactly 85 °C'],
    ['a value beyond its range', GOOD.replace('23125', '-127000'), 'found -127 °C'],
    ['a second line that is cut', GOOD.slice(0, -8), 'expected a number'],
    ['nothing', '', 'found a wrong CRC'],
  ])('%s in w1_slave', (_, text, reason) => {
    expect(measureScratchpad(text, '1-wire')).toEqual({ reason: expect.stringContaining(reason) });
  });

  test('whatever else stands there, and never gives what is no temperature', () => {
    const celsius = fc.integer({ min: -200_000, max: 200_000 });
    const text = fc.oneof(
      fc.string({ maxLength: 100 }),
      celsius.map((milli) => GOOD.replace('23125', String(milli))),
      fc.tuple(fc.nat(GOOD.length), fc.nat(GOOD.length)).map(([from, to]) => GOOD.slice(from, to)),
    );
    fc.assert(
      fc.property(text, (content) => {
        const measured = measureScratchpad(content, '1-wire');
        if ('reason' in measured) return;
        expect(content).toMatch(/ YES\s/);
        expect(content.endsWith(`t=${Math.round(measured.value * 1000)}\n`)).toBe(true);
        expect(Math.abs(measured.value - 35)).toBeLessThanOrEqual(90);
      }),
    );
  });
});

test('converts one sensor at a time, and each once for all who ask', async () => {
  await using machine = await createFakeMachine();
  using slowA = createFifo(join(machine.root, BUS, '28-00000000000a/temperature'));
  using slowB = createFifo(join(machine.root, BUS, '28-00000000000b/temperature'));
  const [a, b] = await findOneWire(machine.sys);
  if (a === undefined || b === undefined) throw new Error('expected two sensors');
  const readings = Promise.all([a.read(), b.read(), a.read()]);
  await slowA.untilRead();
  await delay(20);
  expect(slowB.isRead()).toBe(false);
  slowA.answer('20000\n');
  await slowB.untilRead();
  slowB.answer('30000\n');
  expect(await readings).toEqual([{ value: 20 }, { value: 30 }, { value: 20 }]);
});

test('one that fails does not keep the next from its turn', async () => {
  await using machine = await createFakeMachine();
  await machine.write(`${BUS}/28-00000000000a/temperature`, '20000\n');
  await machine.write(`${BUS}/28-00000000000b/temperature`, '30000\n');
  const [a, b] = await findOneWire(machine.sys);
  await machine.remove(`${BUS}/28-00000000000a`);
  const readings = [a?.read(), b?.read()];
  await expect(readings[0]).rejects.toThrow(
    /^1-wire: 28-00000000000a is gone \(ENOENT at .*\): is it still connected\?$/,
  );
  expect(await readings[1]).toEqual({ value: 30 });
});
