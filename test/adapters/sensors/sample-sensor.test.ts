import { once } from 'node:events';
import { stat, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { findHwmon } from '../../../adapters/sensors/hwmon.js';
import { sampleSensor } from '../../../adapters/sensors/sample-sensor.js';
import { createFileSensor, type Measured, type Sensor } from '../../../adapters/sensors/sensor.js';
import { createManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';
import { createInputBench } from '../input/input-suite.js';
import { createFakeMachine } from './fake-machine.js';
import { createFifo } from './fifo.js';

const turn = (): Promise<void> => new Promise(setImmediate);

/** A sensor that answers when the test says. */
function askedSensor() {
  const asked: ((measured: Measured) => void)[] = [];
  const sensor: Sensor = {
    name: 'test: sensor',
    devices: [],
    labels: [],
    limitSeconds: 5,
    read: () => new Promise((resolve) => asked.push(resolve)),
  };
  return { sensor, asked };
}

function sampling(sensor: Sensor, everySeconds = 0.1) {
  const clock = createManualClock();
  const bench = createInputBench(clock, everySeconds);
  const stop = new AbortController();
  const running = sampleSensor(sensor, bench.context, stop.signal);
  return { clock, bench, stop, running };
}

describe('a sensor is read', () => {
  test('at once and then at every period, without drift', async () => {
    const { sensor, asked } = askedSensor();
    const { clock, bench, stop, running } = sampling(sensor);
    for (let step = 0; step < 5; step += 1) {
      expect(asked).toHaveLength(step + 1);
      clock.advance(0.03);
      asked.at(-1)?.({ value: step });
      await turn();
      clock.advance(0.0699);
      await turn();
      expect(asked).toHaveLength(step + 1);
      clock.advance(0.0001);
      await turn();
    }
    expect(bench.readings.map(({ value }) => value)).toEqual([0, 1, 2, 3, 4]);
    stop.abort();
    await running;
  });

  test('once at a time: a period that it is too slow for is left out, and not made up for', async () => {
    const { sensor, asked } = askedSensor();
    const { clock, stop, running } = sampling(sensor);
    clock.advance(0.75);
    await turn();
    expect(asked).toHaveLength(1);
    asked[0]?.({ value: 1 });
    await turn();
    clock.advance(0);
    await turn();
    expect(asked).toHaveLength(2);
    asked[1]?.({ value: 2 });
    await turn();
    clock.advance(0.05);
    await turn();
    expect(asked).toHaveLength(2);
    stop.abort();
    await running;
  });
});

test('an answer that comes after the stop is not told', async () => {
  const { sensor, asked } = askedSensor();
  const { bench, stop, running } = sampling(sensor);
  stop.abort();
  await running;
  asked[0]?.({ value: 1 });
  await turn();
  expect(bench.readings).toEqual([]);
});

test('values that cannot be used are refused, and the fifth in a row ends it', async () => {
  const answers: Measured[] = [
    ...Array<Measured>(4).fill({ reason: 'the sensor coughs' }),
    { value: 1 },
    ...Array<Measured>(5).fill({ reason: 'the sensor coughs' }),
  ];
  const { sensor } = askedSensor();
  const told = { ...sensor, read: async () => answers.shift() ?? { value: Number.NaN } };
  const { clock, bench, running } = sampling(told);
  const ended = expect(running).rejects.toThrow(/^the sensor coughs, 5 times in a row$/);
  for (let step = 0; step < 20; step += 1) {
    clock.advance(0.1);
    await turn();
  }
  await ended;
  expect(bench.readings).toEqual([{ value: 1 }]);
  expect(bench.rejections).toEqual(Array(8).fill('the sensor coughs'));
});

describe('a file', () => {
  const fileSensor = (path: string): Sensor =>
    createFileSensor({ name: 'test: file', devices: [], path, measure: (text) => ({ value: Number(text) }) });

  test('that hangs ends it, and is not opened again while it hangs', async () => {
    await using machine = await createFakeMachine();
    await machine.write('sys/class/hwmon/hwmon0/name', 'stuck');
    using stuck = createFifo(join(machine.sys, 'class/hwmon/hwmon0/temp1_input'));
    const [sensor] = await findHwmon(machine.sys, 'temperature');
    if (sensor === undefined) throw new Error('expected a sensor');
    for (let start = 0; start < 10; start += 1) {
      const { clock, running } = sampling(sensor);
      const ended = expect(running).rejects.toThrow(/^hwmon: stuck \(temp1\) did not answer within 5 s$/);
      clock.advance(5);
      await ended;
    }
    // Ten reads would hold all four threads that Node reads files with, and this one would wait for them.
    await stat(machine.root);
    const { clock, bench, stop, running } = sampling(sensor);
    await stuck.untilRead();
    stuck.answer('21000\n');
    await until(() => bench.readings.length > 0, 'a reading');
    expect(bench.readings).toEqual([{ value: 21 }]);
    stop.abort();
    clock.advance(1);
    await running;
  });

  test('that cannot be read is a value that cannot be used', async () => {
    await using machine = await createFakeMachine();
    await machine.write('link', '');
    await machine.remove('link');
    const path = join(machine.root, 'link');
    // Address 0 of a process is not mapped, and reading it is the EIO that a loose wire gives.
    await symlink('/proc/self/mem', path);
    expect(await fileSensor(path).read()).toEqual({
      reason: `test: file could not be read (EIO at ${path})`,
    });
  });

  test('that is gone is an end', async () => {
    await using machine = await createFakeMachine();
    const path = join(machine.root, 'gone');
    await expect(fileSensor(path).read()).rejects.toThrow(
      `test: file is gone (ENOENT at ${path}): is it still connected?`,
    );
  });

  test('whose device is gone is an end', async () => {
    await using machine = await createFakeMachine();
    const path = join(machine.root, 'socket');
    const server = createServer().listen(path);
    await once(server, 'listening');
    await expect(fileSensor(path).read()).rejects.toThrow(`test: file is gone (ENXIO at ${path})`);
    server.close();
  });

  test('that this user may not read is an end', async () => {
    const refused = createFileSensor({
      name: 'test: file',
      devices: [],
      path: '/forbidden',
      readText: () => Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' })),
      measure: (text) => ({ value: Number(text) }),
    });
    await expect(refused.read()).rejects.toThrow('test: file: this user may not read /forbidden (EACCES)');
  });
});
