import { describe, expect, test } from '@jest/globals';
import { createMotorPair } from '../../../adapters/drive/h-bridge.js';
import { createRgbLed } from '../../../adapters/drive/rgb-led.js';
import { createRpioDimmedPins } from '../../../adapters/drive/rpio-dimmed-pins.js';
import { createRpioPwmPins } from '../../../adapters/drive/rpio-pwm-pins.js';
import { createRpioSpi } from '../../../adapters/drive/rpio-spi.js';
import type { Rpio } from '../../../adapters/sensors/machine.js';
import { recordRpio } from './recorded-rpio.js';

describe('the PWM of rpio', () => {
  test('begins with the direction low and the channel at zero, before its pin is connected', () => {
    const { rpio, calls } = recordRpio();
    const pins = createRpioPwmPins(rpio, 19.2e6, 1000);
    createMotorPair(pins, { enable: 18, in1: 17, in2: 27 }, { forward: 13, backward: 19 });
    expect(calls).toEqual([
      'open 17 OUTPUT 0',
      'open 27 OUTPUT 0',
      'pwmSetData 18 0',
      'pwmSetClockDivider 4',
      'pwmSetRange 18 4800',
      'usleep 10',
      'open 18 PWM',
      'pwmSetData 18 0',
      'open 13 OUTPUT 0',
      'open 19 OUTPUT 0',
    ]);
  });

  test('connects one of two pins at a time to their channel, which is at zero then', () => {
    const { rpio, calls } = recordRpio();
    const pins = createRpioPwmPins(rpio, 19.2e6, 1000);
    const motors = createMotorPair(pins, { enable: 18, in1: 17, in2: 27 }, { forward: 13, backward: 19 });
    calls.length = 0;
    motors.apply([0.25, 0.5]);
    motors.apply([-0.25, -0.5]);
    motors.off();
    expect(calls.filter((call) => !/ (17|27|18)\b/.test(call))).toEqual([
      ...[
        'write 13 0',
        'write 19 0',
        'pwmSetData 13 0',
        'pwmSetRange 13 4800',
        'usleep 10',
        'open 13 PWM',
        'pwmSetData 13 2400',
      ],
      ...[
        'mode 13 OUTPUT 0',
        'write 19 0',
        'pwmSetData 19 0',
        'pwmSetRange 19 4800',
        'usleep 10',
        'open 19 PWM',
        'pwmSetData 19 2400',
      ],
      ...['write 13 0', 'mode 19 OUTPUT 0'],
    ]);
    expect(calls.filter((call) => / (17|27|18)\b/.test(call))).toEqual([
      ...['write 17 0', 'write 27 0', 'pwmSetData 18 0', 'write 17 1', 'pwmSetData 18 1200'],
      ...['write 17 0', 'write 27 0', 'pwmSetData 18 0', 'write 27 1', 'pwmSetData 18 1200'],
      ...['write 17 0', 'write 27 0', 'pwmSetData 18 0'],
    ]);
  });

  test.each([
    [19.2e6, 1000, 4800],
    [54e6, 1000, 13500],
    [19.2e6, 20_000, 240],
    [19.2e6, 100, 48_000],
    [54e6, 100, 135_000],
  ])(
    'at %d Hz makes %d pulses a second by counting to %d, and stays within',
    (oscillatorHz, pulsesHz, range) => {
      const { rpio, calls } = recordRpio();
      const pins = createRpioPwmPins(rpio, oscillatorHz, pulsesHz);
      for (const duty of [0, 1e-9, 0.5, 1]) pins.pulse(12, duty);
      expect(calls).toContain(`pwmSetRange 12 ${range}`);
      expect(calls.filter((call) => call.startsWith('pwmSetData'))).toEqual(
        [0, 0, 0, range / 2, range].map((data) => `pwmSetData 12 ${data}`),
      );
    },
  );

  test('refuses a pin without it', () => {
    const { rpio } = recordRpio();
    expect(() => createRpioPwmPins(rpio, 19.2e6, 1000).pulse(17, 0)).toThrow(
      'Unknown PWM channel for pin 17',
    );
  });
});

describe('pins that are dimmed', () => {
  /** rpio whose sleep is its clock, with the time of each write; every call takes a microsecond. */
  function createTimedPins() {
    let us = 0;
    let next: (() => void) | undefined;
    const { rpio } = recordRpio();
    const writes: [number, number, number][] = [];
    const put = (gpio: number, level: number): void => void writes.push([us, gpio, level]);
    const sleep = (sleepUs: number): void => {
      us += sleepUs + 70;
    };
    const timed = new Proxy(rpio, {
      get(target, name: keyof Rpio) {
        if (name === 'usleep') return sleep;
        if (name === 'write') return put;
        if (name === 'open') return (gpio: number, _mode: number, level: number) => put(gpio, level);
        return target[name];
      },
    });
    const pins = createRpioDimmedPins(timed, {
      nowUs: () => {
        us += 1;
        return us;
      },
      soon: (task) => {
        next = task;
      },
    });
    const cycle = (): boolean => {
      const task = next;
      next = undefined;
      task?.();
      return task !== undefined;
    };
    return { pins, writes, cycle };
  }

  test.each([false, true])('shine for their share of each 10 ms (common anode: %s)', (isCommonAnode) => {
    const { pins, writes, cycle } = createTimedPins();
    const led = createRgbLed(pins, { red: 17, green: 27, blue: 22, isCommonAnode });
    led.apply([0.25, 0.004, 1]);
    cycle();
    writes.length = 0;
    cycle();
    const [bright, dark] = isCommonAnode ? [0, 1] : [1, 0];
    const shareOf = (gpio: number): number => {
      const own = writes.filter(([, written]) => written === gpio);
      const on = own.find(([, , level]) => level === bright)?.[0] ?? Number.NaN;
      const off = own.find(([, , level]) => level === dark)?.[0] ?? Number.NaN;
      return (((off - on + 10_000) % 10_000) / 10_000 + 1) % 1;
    };
    expect(shareOf(17)).toBeCloseTo(0.25, 2);
    expect(Math.abs(shareOf(27) - 0.004)).toBeLessThan(0.001);
    expect(writes.some(([, gpio]) => gpio === 22)).toBe(false);
    const starts = writes.filter(([, gpio, level]) => gpio === 17 && level === 1).map(([at]) => at);
    cycle();
    const again = writes.filter(([, gpio, level]) => gpio === 17 && level === 1).map(([at]) => at);
    expect((again[1] ?? 0) - (starts[0] ?? 0)).toBeGreaterThanOrEqual(10_000);
    expect((again[1] ?? 0) - (starts[0] ?? 0)).toBeLessThan(10_100);
  });

  test.each([
    [false, [0, 0, 0], [0, 0, 0]],
    [false, [1, 0, 1], [1, 0, 1]],
    [true, [0, 0, 0], [1, 1, 1]],
    [true, [1, 0, 1], [0, 1, 0]],
  ])('cost nothing where none is dimmed (common anode: %s, %j)', (isCommonAnode, shares, levels) => {
    const { pins, writes, cycle } = createTimedPins();
    const led = createRgbLed(pins, { red: 17, green: 27, blue: 22, isCommonAnode });
    led.apply([0.5, 0.5, 0.5]);
    cycle();
    led.apply(shares);
    while (cycle());
    const last = new Map(writes.map(([, gpio, level]) => [gpio, level]));
    expect([17, 27, 22].map((gpio) => last.get(gpio))).toEqual(levels);
  });

  test('are dark at once when they are turned off', () => {
    const { pins, writes, cycle } = createTimedPins();
    const led = createRgbLed(pins, { red: 17, green: 27, blue: 22, isCommonAnode: false });
    led.apply([1, 0.5, 0.1]);
    cycle();
    led.off();
    expect(new Map(writes.map(([, gpio, level]) => [gpio, level]))).toEqual(
      new Map([
        [17, 0],
        [27, 0],
        [22, 0],
      ]),
    );
    expect(cycle()).toBe(true);
    expect(cycle()).toBe(false);
  });
});

test.each([
  [250e6, 40],
  [400e6, 62],
  [500e6, 78],
])('SPI at a core of %d Hz is divided by %d, and sends bytes as they are', (coreHz, divider) => {
  const { rpio, calls } = recordRpio();
  const write = createRpioSpi(rpio, coreHz, 6.4e6);
  write(Buffer.of(0xc0, 0xf8));
  expect(calls).toEqual([`spiSetClockDivider ${divider}`, 'spiSetDataMode 0', 'spiWrite c0f8 2']);
  expect(Math.abs(coreHz / divider / 6.4e6 - 1)).toBeLessThan(0.03);
});
