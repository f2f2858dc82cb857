import type { Clock } from '../../contract/clock.js';
import type { RpioDoor } from '../rpio.js';
import type { BoschChip } from './bme280.js';
import { BOSCH_ADDRESSES, type BoschQuantity, findBosch } from './bosch-sensors.js';
import { findHwmon } from './hwmon.js';
import { findIio } from './iio.js';
import type { Machine } from './machine.js';
import { findOneWire } from './one-wire.js';
import type { Sensor } from './sensor.js';

export type KernelSource = 'iio' | 'w1' | 'hwmon';
export type SensorSource = KernelSource | BoschChip;

/** What the kernel drives, in the order of `auto`: what stands in the room before what is in the machine. */
export const KERNEL_SOURCES: Readonly<Record<BoschQuantity, readonly KernelSource[]>> = {
  temperature: ['iio', 'w1', 'hwmon'],
  pressure: ['iio'],
  humidity: ['iio', 'hwmon'],
};
export const I2C_SOURCES: Readonly<Record<BoschQuantity, readonly BoschChip[]>> = {
  temperature: ['bme280', 'bmp280'],
  pressure: ['bme280', 'bmp280'],
  humidity: ['bme280'],
};

/** Which sensor is meant. */
export interface SensorWanted {
  readonly source: 'auto' | SensorSource;
  readonly device?: string | undefined;
  readonly label?: string | undefined;
  readonly address?: number | undefined;
}

export interface SensorPlace {
  readonly machine: Machine;
  readonly door: RpioDoor;
  readonly clock: Clock;
}

const FIND: Readonly<Record<KernelSource, (sys: string, quantity: BoschQuantity) => Promise<Sensor[]>>> = {
  iio: findIio,
  w1: findOneWire,
  hwmon: findHwmon,
};

/**
 * Every sensor of a quantity that is meant, the one to read first.
 *
 * @throws Error with a sentence when there is none, or an option does not fit the source.
 */
export async function findSensors(
  quantity: BoschQuantity,
  wanted: SensorWanted,
  place: SensorPlace,
): Promise<readonly [Sensor, ...Sensor[]]> {
  const { source, device, label, address } = wanted;
  refuseMisfits(wanted);
  if (source === 'bme280' || source === 'bmp280') {
    const addresses = address === undefined ? BOSCH_ADDRESSES : [address];
    return atLeastOne(await findBosch(source, quantity, { ...place, addresses }), '');
  }
  const sources = source === 'auto' ? KERNEL_SOURCES[quantity] : [source];
  const found = (await Promise.all(sources.map((name) => FIND[name](place.machine.sys, quantity)))).flat();
  const fitting = found.filter(
    (sensor) =>
      (device === undefined || sensor.devices.includes(device)) &&
      (label === undefined || sensor.labels.includes(label)),
  );
  return atLeastOne(
    fitting,
    found.length === 0 ? nothingThere(quantity, sources) : nothingFits(found, wanted),
  );
}

/** The sensors in words, e.g. `iio: bme280, hwmon: cpu_thermal (temp1)`. */
export function namesOf(sensors: readonly Sensor[]): string {
  return sensors.map(({ name }) => name).join(', ');
}

function atLeastOne([first, ...rest]: readonly Sensor[], otherwise: string): readonly [Sensor, ...Sensor[]] {
  if (first === undefined) throw new Error(otherwise);
  return [first, ...rest];
}

function refuseMisfits({ source, device, label, address }: SensorWanted): void {
  const isOnI2c = source === 'bme280' || source === 'bmp280';
  if (address !== undefined && !isOnI2c) {
    throw new Error(`found address with source ${source}, expected it with bme280 or bmp280 alone`);
  }
  if (isOnI2c && (device ?? label) !== undefined) {
    throw new Error(
      `found device or label with source ${source}, expected address, which is how it is chosen`,
    );
  }
}

const PLACES: Readonly<Record<KernelSource, string>> = {
  iio: 'bus/iio/devices',
  w1: 'bus/w1/devices',
  hwmon: 'class/hwmon',
};

function nothingThere(quantity: BoschQuantity, sources: readonly KernelSource[]): string {
  const places = sources.map((name) => PLACES[name]);
  const overlays =
    quantity === 'temperature' ? 'i2c-sensor,bme280 or dtoverlay=w1-gpio for a DS18B20' : 'i2c-sensor,bme280';
  return `found no ${quantity} sensor in ${places.join(', ')} of /sys, expected one that the kernel drives (on a Pi: dtoverlay=${overlays} in /boot/firmware/config.txt), or source: bme280`;
}

function nothingFits(found: readonly Sensor[], { device, label }: SensorWanted): string {
  const wanted = [
    ...(device === undefined ? [] : [`device ${device}`]),
    ...(label === undefined ? [] : [`label ${label}`]),
  ];
  return `found ${namesOf(found)}, expected one with ${wanted.join(' and ')}`;
}
