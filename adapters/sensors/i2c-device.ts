import type { Rpio } from './machine.js';

/** A device on the I2C bus whose registers can be read and written. Calls are synchronous, so none comes between. */
export interface I2cDevice {
  readonly address: number;
  /** @throws Error with a sentence when the device does not answer. */
  read(register: number, length: number): Buffer;
  write(register: number, value: number): void;
}

/** Standard mode, which every device and cable takes; faster on boards whose core runs faster than rpio assumes. */
const BAUD = 100_000;

/** What bcm2835_i2c_read and bcm2835_i2c_write return. */
const FAULTS: Readonly<Record<number, string>> = {
  1: 'no device answers',
  2: 'the clock was held low too long',
  4: 'fewer bytes came than were asked for',
};

export function createI2cDevice(rpio: Rpio, address: number): I2cDevice {
  const select = (): void => {
    rpio.i2cSetSlaveAddress(address);
    rpio.i2cSetBaudRate(BAUD);
  };
  const check = (status: number): void => {
    if (status === 0) return;
    const fault = FAULTS[status] ?? `rpio gave the unknown status ${status}`;
    throw new Error(
      `${fault} at ${hex(address)} on I2C: check its wires (SDA pin 3, SCL pin 5) and its supply`,
    );
  };
  return {
    address,
    read(register, length) {
      const bytes = Buffer.alloc(length);
      select();
      // A stop between the two is allowed, and rpio's repeated start does not take a register as its types say.
      check(rpio.i2cWrite(Buffer.of(register)));
      check(rpio.i2cRead(bytes));
      return bytes;
    },
    write(register, value) {
      select();
      check(rpio.i2cWrite(Buffer.of(register, value)));
    },
  };
}

export function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
