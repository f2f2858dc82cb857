import { afterAll, describe, expect, jest, test } from '@jest/globals';
import rpio from 'rpio';
import { createManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';
import { createFakeMachine } from '../sensors/fake-machine.js';
import { createInputBench, describeInput, type InputSource } from './input-suite.js';

// The real rpio, pretending to be on a Pi 3: what is written to a pin is what is read from it.
rpio.init({ mock: 'raspi-3', mapping: 'gpio', close_on_exit: false });
const machine = await createFakeMachine(rpio);
jest.unstable_mockModule('../../../adapters/sensors/machine.js', () => ({ thisMachine: machine }));
const { gpioInput } = await import('../../../adapters/input/gpio.js');
afterAll(async () => {
  await machine[Symbol.asyncDispose]();
});

const GPIO = 17;

async function openPin(): Promise<InputSource> {
  await machine.becomePi();
  let level = 0;
  return {
    options: { pin: 11, debounce: 0 },
    feed() {
      level = 1 - level;
      rpio.write(GPIO, level);
    },
    ruin: () => machine.remove('proc'),
  };
}

describeInput(gpioInput, openPin);

type Settings = Parameters<typeof gpioInput.create>[0];
const parse = (options: object): Settings => gpioInput.options.parse({ pin: 11, ...options });

/** An input on a pin whose level over time the test writes, in milliseconds. */
async function watching(options: object, everySeconds = 1) {
  await machine.becomePi();
  const clock = createManualClock();
  const bench = createInputBench(clock, everySeconds);
  const stop = new AbortController();
  const running = gpioInput.create(parse(options), bench.context).run(stop.signal);
  const opened = jest.spyOn(rpio, 'open');
  await Promise.race([running, until(() => opened.mock.calls.length > 0, 'the opening of the pin')]);
  const call = opened.mock.calls[0];
  opened.mockRestore();
  return {
    bench,
    clock,
    call,
    running,
    /** Holds each level for so many milliseconds, the levels in turn from `first` on. */
    play(first: 0 | 1, runsMs: readonly number[]): void {
      for (const [run, ms] of runsMs.entries()) {
        rpio.write(GPIO, (first + run) % 2);
        for (let step = 0; step < ms; step += 1) clock.advance(0.001);
      }
    },
    async stop() {
      stop.abort();
      await running;
    },
  };
}

describe('a button to ground', () => {
  test('is an event when it is pressed, and 0 when it is let go, however it bounces', async () => {
    const input = await watching({});
    input.play(1, [100, 1, 1, 2, 1, 15]);
    expect(input.bench.readings).toEqual([]);
    input.play(0, [280, 1, 1, 15]);
    expect(input.bench.readings).toEqual([{ value: 1 }]);
    input.play(1, [85]);
    expect(input.bench.readings).toEqual([{ value: 1 }, { value: 0 }]);
    await input.stop();
  });

  test('that is held at the start is no press', async () => {
    const input = await watching({});
    input.play(0, [100]);
    expect(input.bench.readings).toEqual([]);
    await input.stop();
  });
});

test('a PIR sensor is active high', async () => {
  const input = await watching({ active: 'high', debounce: 0 });
  input.play(0, [50, 100, 50]);
  expect(input.bench.readings.map(({ value }) => value)).toEqual([1, 0]);
  await input.stop();
});

test('a level is told at the start and at every change', async () => {
  const input = await watching({ mode: 'level', active: 'high', debounce: 0 });
  input.play(0, [50, 100, 50]);
  expect(input.bench.readings.map(({ value }) => value)).toEqual([0, 1, 0]);
  await input.stop();
});

describe('a pulse counter', () => {
  test('gives pulses a second, every period', async () => {
    const input = await watching({ mode: 'rate' }, 0.5);
    input.play(1, [10, ...Array.from({ length: 100 }, () => [5, 5]).flat(), 1000]);
    const rates = input.bench.readings.map(({ value }) => value);
    expect(rates).toHaveLength(4);
    expect(rates[0]).toBeCloseTo(98, -1);
    expect(rates[1]).toBeCloseTo(100, -1);
    expect(rates.slice(2)).toEqual([expect.closeTo(2, -1), 0]);
    const counted = rates.reduce((sum, rate) => sum + rate * 0.5, 0);
    expect(Math.abs(counted - 100)).toBeLessThan(1);
    await input.stop();
  });

  test('counts no bouncing when it is told how long that lasts', async () => {
    const input = await watching({ mode: 'rate', debounce: 0.005 }, 0.5);
    input.play(1, [50, ...Array.from({ length: 5 }, () => [1, 1, 48, 1, 1, 48]).flat()]);
    expect(input.bench.readings.map(({ value }) => value)).toEqual([expect.closeTo(10, 0)]);
    await input.stop();
  });
});

describe('the pin', () => {
  test.each([
    [{}, rpio.PULL_UP],
    [{ active: 'high' }, rpio.PULL_DOWN],
    [{ active: 'high', pull: 'up' }, rpio.PULL_UP],
    [{ pull: 'off' }, rpio.PULL_OFF],
  ])('%j is an input with its resistor', async (options, pull) => {
    const input = await watching(options);
    expect(input.call).toEqual([GPIO, rpio.INPUT, pull]);
    await input.stop();
  });

  test('is the same by both numberings', async () => {
    const input = await watching({ pin: 17, mapping: 'gpio' });
    expect(input.call?.[0]).toBe(GPIO);
    await input.stop();
  });

  test('is given back at the stop', async () => {
    const closed = jest.spyOn(rpio, 'close');
    const input = await watching({});
    await input.stop();
    expect(closed).toHaveBeenCalledWith(GPIO);
    closed.mockRestore();
    await (await watching({})).stop();
  });

  test('belongs to one input alone', async () => {
    const input = await watching({});
    const other = gpioInput.create(parse({}), createInputBench().context).run(new AbortController().signal);
    await expect(other).rejects.toThrow('found pin 11 (GPIO17), which another input or output has already');
    await input.stop();
  });

  test.each([
    [{ pin: 6 }, 'found pin 6, which carries no signal, expected one that is a GPIO'],
    [{ pin: 50, mapping: 'gpio' }, 'Pin 50 is not valid when using gpio mapping'],
  ])('%j is refused in a sentence, and again', async (options, reason) => {
    for (let tries = 0; tries < 2; tries += 1) {
      const running = gpioInput
        .create(parse(options), createInputBench().context)
        .run(new AbortController().signal);
      await expect(running).rejects.toThrow(reason);
    }
  });

  test('that fails while it is watched ends the input, and not the process', async () => {
    const input = await watching({});
    const ended = expect(input.running).rejects.toThrow('the memory is gone');
    const read = jest.spyOn(rpio, 'read').mockImplementation(() => {
      throw new Error('the memory is gone');
    });
    input.clock.advance(0.01);
    await ended;
    read.mockRestore();
  });
});

test('each mode has its encoder, and a rate its period', () => {
  const encoders = (['pulse', 'level', 'rate'] as const).map(
    (mode) => gpioInput.encoder?.(parse({ mode }))?.name,
  );
  expect(encoders).toEqual(['pulse', 'level', 'trend']);
  expect(gpioInput.everySeconds?.(parse({ mode: 'rate' }))).toBe(1);
  expect(gpioInput.everySeconds?.(parse({}))).toBeUndefined();
});

test('probe says which Pi this is, and without one that it is none', async () => {
  await machine.becomePi('Raspberry Pi 3 Model B Rev 1.2');
  expect(await gpioInput.probe?.(parse({}))).toEqual({ ok: true, detail: 'Raspberry Pi 3 Model B Rev 1.2' });
  await machine.remove('proc');
  expect(await gpioInput.probe?.(parse({}))).toEqual({
    ok: false,
    reason: expect.stringMatching(/^this machine is not a Raspberry Pi .* publish on the input's own topic$/),
  });
});
