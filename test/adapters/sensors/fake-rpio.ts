import type { Rpio } from '../../../adapters/sensors/machine.js';

/** A chip on the I2C bus, as the bus sees it. */
export interface I2cChip {
  write(bytes: Buffer): void;
  read(length: number): Buffer;
}

/** A chip on SPI: a bit in for a bit out at each clock, anew at each select. */
export interface SpiChip {
  select(): void;
  clock(bit: number): number;
}

/** rpio with fake buses behind it, and a record of what was asked of them. */
export interface FakeBuses {
  readonly rpio: Rpio;
  readonly i2c: Map<number, I2cChip>;
  readonly spi: Map<number, SpiChip>;
  readonly inits: object[];
  readonly begun: string[];
  /** The status of every I2C transfer to come, if it is not that of the chips. */
  status: number | undefined;
  /** Says what rpio says to who listens to its warnings. */
  warn(text: string): void;
}

const OK = 0;
const NACK = 1;

export function createFakeBuses(): FakeBuses {
  const listeners: ((text: string) => void)[] = [];
  let address = -1;
  let chipSelect = -1;
  const buses: Omit<FakeBuses, 'rpio'> = {
    i2c: new Map(),
    spi: new Map(),
    inits: [],
    begun: [],
    status: undefined,
    warn(text) {
      for (const listener of listeners) listener(text);
    },
  };
  const onI2c = (act: (chip: I2cChip) => void): number => {
    const chip = buses.i2c.get(address);
    if (buses.status !== undefined || chip === undefined) return buses.status ?? NACK;
    act(chip);
    return OK;
  };
  const rpio = {
    init: (options: object) => buses.inits.push(options),
    on: (_event: 'warn', listener: (text: string) => void) => listeners.push(listener),
    i2cBegin: () => buses.begun.push('i2c'),
    i2cSetSlaveAddress(to: number) {
      address = to;
    },
    i2cSetBaudRate() {},
    i2cWrite: (bytes: Buffer) => onI2c((chip) => chip.write(bytes)),
    i2cRead: (into: Buffer) => onI2c((chip) => chip.read(into.length).copy(into)),
    spiBegin: () => buses.begun.push('spi'),
    spiChipSelect(to: number) {
      chipSelect = to;
    },
    spiSetClockDivider() {},
    spiSetDataMode() {},
    spiTransfer(out: Buffer, into: Buffer, length: number) {
      const chip = buses.spi.get(chipSelect);
      chip?.select();
      for (let index = 0; index < length; index += 1) {
        let byte = 0;
        for (let bit = 7; bit >= 0; bit -= 1) {
          byte = (byte << 1) | (chip?.clock(((out[index] ?? 0) >> bit) & 1) ?? 1);
        }
        into[index] = byte;
      }
    },
  } as unknown as Rpio;
  return Object.assign(buses, { rpio });
}
