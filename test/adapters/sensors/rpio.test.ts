import { describe, expect, test } from '@jest/globals';
import rpio from 'rpio';
import { createRpioDoor, type RpioUse } from '../../../adapters/rpio.js';
import { gpioOfPin } from '../../../adapters/sensors/header-pins.js';
import { thisMachine } from '../../../adapters/sensors/machine.js';
import { createFakeMachine, type FakeMachine } from './fake-machine.js';
import { createFakeBuses } from './fake-rpio.js';

const USES: readonly RpioUse[] = ['gpio', 'i2c', 'spi', 'pwm'];

async function createPi(model?: string) {
  const buses = createFakeBuses();
  const machine = await createFakeMachine(buses.rpio);
  await machine.becomePi(model);
  return {
    machine,
    buses,
    door: createRpioDoor(machine),
    [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose](),
  };
}

/** What the door says to somebody who wants to use the pins of a machine. */
async function refusal(change: (machine: FakeMachine) => Promise<unknown>, use: RpioUse): Promise<string> {
  await using pi = await createPi();
  await change(pi.machine);
  const reasons = await Promise.all(
    [pi.door.open(use), pi.door.check(use)].map((asked) =>
      asked.then(
        () => 'nothing',
        (error: Error) => error.message,
      ),
    ),
  );
  expect(pi.buses.inits).toEqual([]);
  expect(reasons[0]).toBe(reasons[1]);
  return reasons[0] ?? '';
}

describe('a machine that is no Raspberry Pi', () => {
  test.each(USES)('is refused for %s, because rpio would only pretend', async (use) => {
    const reason = await refusal((machine) => machine.remove('proc/device-tree'), use);
    expect(reason).toMatch(
      /^this machine is not a Raspberry Pi \(.*\/device-tree\/model: missing\), but \w+ needs rpio, which drives a Raspberry Pi up to the 4: let /,
    );
    expect(reason).not.toContain('\n');
  });

  test('is called by the name it has', async () => {
    const reason = await refusal((machine) => machine.becomePi('Xunlong Orange Pi Zero'), 'gpio');
    expect(reason).toContain('model: Xunlong Orange Pi Zero)');
  });
});

describe('a Raspberry Pi', () => {
  test.each([
    'Raspberry Pi 5 Model B Rev 1.0',
    'Raspberry Pi 500 Rev 1.0',
    'Raspberry Pi Compute Module 5 Rev 1.0',
  ])('%s is refused, with the way to the same by the kernel', async (model) => {
    expect(await refusal((machine) => machine.becomePi(model), 'i2c')).toBe(
      `this machine is a ${model}, but I2C needs rpio, which drives a Raspberry Pi up to the 4: ` +
        'let the kernel drive the sensor (dtoverlay=i2c-sensor,bme280 in /boot/firmware/config.txt) and set source: iio',
    );
  });

  test.each([
    'Raspberry Pi Model B Rev 1',
    'Raspberry Pi Zero W Rev 1.1',
    'Raspberry Pi 3 Model B Plus Rev 1.3',
    'Raspberry Pi 400 Rev 1.0',
    'Raspberry Pi Compute Module 4 Rev 1.0',
  ])('%s is served', async (model) => {
    await using pi = await createPi(model);
    expect(await pi.door.check('gpio')).toBe(model);
    expect(pi.buses.inits).toEqual([]);
  });
});

describe('without rights', () => {
  test.each(['i2c', 'spi', 'pwm'] as const)('%s says that it needs root', async (use) => {
    const reason = await refusal(async (machine) => {
      await machine.remove('dev/mem');
      await machine.write('dev/gpiomem', '');
    }, use);
    expect(reason).toMatch(
      /^\w+ needs \S+\/dev\/mem, which this process may not open \(ENOENT\): run it as root$/,
    );
  });

  test('gpio says which group helps', async () => {
    expect(await refusal((machine) => machine.remove('dev/mem'), 'gpio')).toMatch(
      /^GPIO needs \S+\/dev\/gpiomem, .* \(ENOENT\): add its user to the group gpio, or run it as root$/,
    );
  });

  test('gpio makes do with the memory of the pins', async () => {
    await using pi = await createPi();
    await pi.machine.remove('dev/mem');
    await pi.machine.write('dev/gpiomem', '');
    await pi.door.open('gpio');
    expect(pi.buses.inits).toEqual([{ gpiomem: true, mapping: 'gpio', close_on_exit: false }]);
  });
});

describe('rpio', () => {
  test('that is not installed is said so', async () => {
    const reason = await refusal(async (machine) => {
      machine.rpio = undefined;
    }, 'spi');
    expect(reason).toBe(
      "the package rpio is not installed or not built (Cannot find package 'rpio'): " +
        'apt-get install build-essential python3, then npm install rpio',
    );
  });

  test('is started once for all, and each bus begun once', async () => {
    await using pi = await createPi();
    const uses = [...USES, ...USES];
    expect(new Set(await Promise.all(uses.map((use) => pi.door.open(use))))).toEqual(
      new Set([pi.buses.rpio]),
    );
    expect(pi.buses.inits).toEqual([{ gpiomem: false, mapping: 'gpio', close_on_exit: false }]);
    expect(pi.buses.begun.toSorted()).toEqual(['i2c', 'spi']);
  });

  test('that cannot reach the pins is tried again', async () => {
    await using pi = await createPi();
    const { init } = pi.buses.rpio;
    pi.buses.rpio.init = () => {
      throw new Error('Could not initialize bcm2835');
    };
    await expect(pi.door.open('gpio')).rejects.toThrow(
      'rpio cannot reach the pins of this Raspberry Pi: Could not initialize bcm2835',
    );
    pi.buses.rpio.init = init;
    expect(await pi.door.open('gpio')).toBe(pi.buses.rpio);
  });

  test('that warns only pretends from then on, and is not used', async () => {
    await using pi = await createPi();
    pi.buses.rpio.init = () => pi.buses.warn('Hardware auto-detect failed, running in raspi-3 mock mode');
    for (let tries = 0; tries < 2; tries += 1) {
      await expect(pi.door.open('gpio')).rejects.toThrow(
        'rpio does not know this Raspberry Pi: Hardware auto-detect failed',
      );
    }
  });

  test('as it is installed here can be loaded, and does nothing by that', async () => {
    const before = process.listenerCount('exit');
    expect(await thisMachine.loadRpio()).toMatchObject({ INPUT: 0, PULL_UP: 2 });
    expect(process.listenerCount('exit')).toBe(before);
  });
});

describe('a pin', () => {
  test('belongs to one user until it is let go', async () => {
    await using pi = await createPi();
    const { gpio, release } = await pi.door.claim(11, 'physical');
    expect(gpio).toBe(17);
    await expect(pi.door.claim(17, 'gpio')).rejects.toThrow(
      'found pin 17 (GPIO17), which another input or output has already',
    );
    release();
    expect((await pi.door.claim(17, 'gpio')).gpio).toBe(17);
  });

  test('of a bus belongs to the bus', async () => {
    await using pi = await createPi();
    const { release } = await pi.door.claim(3, 'physical');
    await expect(pi.door.open('i2c')).rejects.toThrow('I2C needs GPIO2, which another input or output has');
    release();
    await pi.door.open('i2c');
    await expect(pi.door.claim(3, 'physical')).rejects.toThrow('found pin 3 (GPIO2), which I2C has already');
  });

  test.each([0, 1, 2, 4, 6, 39, 41])('%i carries no signal', async (pin) => {
    await using pi = await createPi();
    await expect(pi.door.claim(pin, 'physical')).rejects.toThrow(`found pin ${pin}, which carries no signal`);
  });

  test.each([
    ['Raspberry Pi Model B Rev 1', 'raspi-b-r1', 26],
    ['Raspberry Pi Model B Rev 2', 'raspi-b', 26],
    ['Raspberry Pi 3 Model B Rev 1.2', 'raspi-3', 40],
  ] as const)('of a %s has the number that rpio gives it', (model, mock, pins) => {
    const written = new Map<number, number>();
    for (let pin = 1; pin <= pins; pin += 1) {
      const gpio = gpioOfPin(pin, model);
      if (gpio === null) {
        rpio.init({ mock, mapping: 'physical', close_on_exit: false });
        expect(() => rpio.open(pin, rpio.INPUT)).toThrow('not valid');
        continue;
      }
      // A level that is written by Broadcom's number is read on the pin of the header.
      for (const level of [1, 0]) {
        rpio.init({ mock, mapping: 'gpio', close_on_exit: false });
        rpio.write(gpio, level);
        rpio.init({ mock, mapping: 'physical', close_on_exit: false });
        expect([pin, rpio.read(pin)]).toEqual([pin, level]);
      }
      written.set(gpio, pin);
    }
    expect(written.size).toBe(pins === 26 ? 17 : 28);
  });
});
