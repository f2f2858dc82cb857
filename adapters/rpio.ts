import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../contract/errors.js';
import { gpioOfPin } from './sensors/header-pins.js';
import { type Machine, type Rpio, thisMachine } from './sensors/machine.js';
import { textOf } from './sensors/sysfs.js';

export type RpioUse = 'gpio' | 'i2c' | 'spi' | 'pwm';

/** The one way to the package rpio, which drives the pins of a Raspberry Pi up to the 4. */
export interface RpioDoor {
  /**
   * Says which Pi this is, without touching its pins.
   *
   * @throws Error with a sentence when rpio cannot serve this use here: not a Pi, a Pi 5, no rights, not installed.
   */
  check(use: RpioUse): Promise<string>;
  /**
   * Opens rpio, once a process, in its numbering `gpio` (Broadcom's), and the bus that is asked for.
   * Its calls are synchronous: a bus is one user's until the next `await`.
   *
   * @throws Error as `check` does.
   */
  open(use: RpioUse): Promise<Rpio>;
  /**
   * Broadcom's number of a pin, kept for one user until `release` is called.
   *
   * @throws Error with a sentence when it is no pin, or another's.
   */
  claim(pin: number, mapping: 'physical' | 'gpio'): Promise<{ readonly gpio: number; release(): void }>;
}

const NAMES: Readonly<Record<RpioUse, string>> = { gpio: 'GPIO', i2c: 'I2C', spi: 'SPI', pwm: 'PWM' };

/** What does the same where rpio cannot. */
const INSTEAD: Readonly<Record<RpioUse, string>> = {
  gpio: "let a program of that machine publish on the input's own topic",
  i2c: 'let the kernel drive the sensor (dtoverlay=i2c-sensor,bme280 in /boot/firmware/config.txt) and set source: iio',
  spi: 'let the kernel drive the converter (dtoverlay=mcp3008,spi0-0-present in /boot/firmware/config.txt) and set source: iio',
  pwm: 'let another board drive it',
};

/** The pins that a bus takes for itself. */
const BUS_PINS: Readonly<Record<RpioUse, readonly number[]>> = {
  gpio: [],
  i2c: [2, 3],
  spi: [7, 8, 9, 10, 11],
  pwm: [],
};

/** @param machine where it looks for a Pi; tests have one of their own. */
export function createRpioDoor(machine: Machine): RpioDoor {
  const taken = new Map<number, string>();
  const begun = new Set<RpioUse>();
  const start = createStart();

  const prepare = async (use: RpioUse) => {
    const model = await modelOf(machine, use);
    const memory = await memoryFor(machine, use);
    return { model, memory, rpio: await load(machine) };
  };

  const begin = (rpio: Rpio, use: RpioUse): void => {
    if (begun.has(use)) return;
    for (const gpio of BUS_PINS[use]) {
      const owner = taken.get(gpio);
      if (owner !== undefined) throw new Error(`${NAMES[use]} needs GPIO${gpio}, which ${owner} has`);
    }
    if (use === 'i2c') rpio.i2cBegin();
    if (use === 'spi') rpio.spiBegin();
    for (const gpio of BUS_PINS[use]) taken.set(gpio, NAMES[use]);
    begun.add(use);
  };

  return {
    check: async (use) => (await prepare(use)).model,
    async open(use) {
      const { rpio, memory } = await prepare(use);
      start(rpio, memory);
      begin(rpio, use);
      return rpio;
    },
    async claim(pin, mapping) {
      const gpio = mapping === 'gpio' ? pin : gpioOfPin(pin, await modelOf(machine, 'gpio'));
      if (gpio === null)
        throw new Error(`found pin ${pin}, which carries no signal, expected one that is a GPIO`);
      const owner = taken.get(gpio);
      if (owner !== undefined) throw new Error(`found pin ${pin} (GPIO${gpio}), which ${owner} has already`);
      taken.set(gpio, 'another input or output');
      return { gpio, release: () => taken.delete(gpio) };
    },
  };
}

export const rpioDoor: RpioDoor = createRpioDoor(thisMachine);

/** The model as the device tree names it, which is where rpio looks too: without it rpio would only pretend. */
async function modelOf({ proc }: Machine, use: RpioUse): Promise<string> {
  const path = join(proc, 'device-tree/model');
  const model = (await textOf(path))?.replace(/\0+$/, '') ?? null;
  const instead = `, but ${NAMES[use]} needs rpio, which drives a Raspberry Pi up to the 4: ${INSTEAD[use]}`;
  if (!model?.startsWith('Raspberry Pi ')) {
    throw new Error(`this machine is not a Raspberry Pi (${path}: ${model ?? 'missing'})${instead}`);
  }
  // The 5, the 500 and the Compute Module 5 have their pins behind another chip, the RP1.
  if (/^Raspberry Pi (Compute Module )?5/.test(model))
    throw new Error(`this machine is a ${model}${instead}`);
  return model;
}

/** What rpio maps: the whole memory, else that of the pins alone where it is enough. */
type Memory = 'mem' | 'gpiomem';

async function memoryFor({ dev }: Machine, use: RpioUse): Promise<Memory> {
  const whole = join(dev, 'mem');
  const wholeFault = await openingFault(whole);
  if (wholeFault === null) return 'mem';
  if (use !== 'gpio') {
    throw new Error(
      `${NAMES[use]} needs ${whole}, which this process may not open (${wholeFault}): run it as root`,
    );
  }
  const pins = join(dev, 'gpiomem');
  const pinsFault = await openingFault(pins);
  if (pinsFault === null) return 'gpiomem';
  throw new Error(
    `GPIO needs ${pins}, which this process may not open (${pinsFault}): add its user to the group gpio, or run it as root`,
  );
}

async function openingFault(path: string): Promise<string | null> {
  try {
    await (await open(path, 'r+')).close();
    return null;
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}

async function load(machine: Machine): Promise<Rpio> {
  try {
    return await machine.loadRpio();
  } catch (error) {
    const first = reasonOf(error).split('\n')[0];
    throw new Error(
      `the package rpio is not installed or not built (${first}): apt-get install build-essential python3, then npm install rpio`,
      { cause: error },
    );
  }
}

/** Makes a function that starts rpio once; rpio that has warned of the board only pretends from then on. */
function createStart(): (rpio: Rpio, memory: Memory) => void {
  let isListening = false;
  let isStarted = false;
  let warning: string | undefined;
  return (rpio, memory) => {
    if (!isListening) {
      rpio.on('warn', (text) => {
        warning = text;
      });
      isListening = true;
    }
    if (!isStarted) {
      try {
        // What it maps is unmapped with the process; its own listener for that would be one more at each start.
        rpio.init({ gpiomem: memory === 'gpiomem', mapping: 'gpio', close_on_exit: false });
      } catch (error) {
        throw new Error(`rpio cannot reach the pins of this Raspberry Pi: ${reasonOf(error)}`, {
          cause: error,
        });
      }
      isStarted = true;
    }
    if (warning !== undefined) throw new Error(`rpio does not know this Raspberry Pi: ${warning}`);
  };
}
