import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../contract/clock.js';
import { reasonOf } from '../../contract/errors.js';
import type { RpioDoor } from '../rpio.js';
import { type Bme280, type BoschChip, openBme280 } from './bme280.js';
import { createI2cDevice, hex } from './i2c-device.js';
import type { Machine } from './machine.js';
import { type Accept, between, percent, type Sensor } from './sensor.js';

export type BoschQuantity = 'temperature' | 'pressure' | 'humidity';

/** The two that the pin SDO chooses between. */
export const BOSCH_ADDRESSES = [0x76, 0x77] as const;

/** The range of operation (BST-BME280-DS002, tables 1 to 3; BST-BMP280-DS001, table 2). */
const ACCEPT: Readonly<Record<BoschQuantity, Accept>> = {
  temperature: between(-40, 85, '°C'),
  pressure: between(300, 1100, 'hPa'),
  humidity: percent,
};

export interface BoschPlace {
  readonly machine: Machine;
  readonly door: RpioDoor;
  readonly clock: Clock;
  readonly addresses: readonly number[];
}

/**
 * The BME280s or BMP280s on the I2C bus of a Raspberry Pi.
 *
 * @returns at least one.
 * @throws Error with a sentence when there is none, the kernel drives it, or rpio cannot be used here.
 */
export async function findBosch(
  chip: BoschChip,
  quantity: BoschQuantity,
  place: BoschPlace,
): Promise<Sensor[]> {
  const rpio = await place.door.open('i2c');
  const sensors: Sensor[] = [];
  const reasons: string[] = [];
  for (const address of place.addresses) {
    try {
      await refuseTheKernels(place.machine, address);
      const device = createI2cDevice(rpio, address);
      sensors.push(sensorOf(await openBme280(device, chip, place.clock), chip, quantity, address));
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  if (sensors.length === 0) throw new Error(reasons.join('; '));
  return sensors;
}

/** Two masters of one bus would cut into each other's words. */
async function refuseTheKernels({ sys }: Machine, address: number): Promise<void> {
  const driver = join(sys, `bus/i2c/devices/1-${address.toString(16).padStart(4, '0')}/driver`);
  const isDriven = await access(driver).then(
    () => true,
    () => false,
  );
  if (isDriven) throw new Error(`the kernel drives the device at ${hex(address)} on I2C: set source: iio`);
}

function sensorOf(opened: Bme280, chip: BoschChip, quantity: BoschQuantity, address: number): Sensor {
  const name = `${chip}: ${hex(address)}`;
  return {
    name,
    devices: [],
    labels: [],
    limitSeconds: 1,
    async read() {
      const value = (await opened.measure())[quantity];
      if (value !== null) return ACCEPT[quantity](value, name);
      return { reason: `${name}: found a measurement that was skipped, expected a ${quantity}` };
    },
  };
}
