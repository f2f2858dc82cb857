import { type Clock, sleep } from '../../contract/clock.js';
import {
  type Bme280Trimming,
  celsius,
  fineTemperature,
  pascal,
  relativeHumidity,
} from './bme280-compensation.js';
import { hex, type I2cDevice } from './i2c-device.js';

export type BoschChip = 'bme280' | 'bmp280';

/** What one measurement gave; a quantity is null where the chip has skipped or does not have it. */
export interface BoschReading {
  readonly temperature: number | null;
  /** hPa. */
  readonly pressure: number | null;
  readonly humidity: number | null;
}

const ID = 0xd0;
const CTRL_HUM = 0xf2;
const STATUS = 0xf3;
const CTRL_MEAS = 0xf4;
const CONFIG = 0xf5;
const DATA = 0xf7;
const TRIMMING_LOW = 0x88;
const TRIMMING_HIGH = 0xe1;

const MEASURING = 0b1000;
const COPYING_TRIMMING = 0b0001;
const MODE = 0b11;
const NORMAL_MODE = 0b11;
const OVERSAMPLING_1 = 0b001;
/** Temperature and pressure once, in forced mode: it measures, and sleeps again. */
const FORCED_ONCE = (OVERSAMPLING_1 << 5) | (OVERSAMPLING_1 << 2) | 0b01;

/** The longest that one of each takes: 1.25 + 2.3 + (2.3 + 0.575) + (2.3 + 0.575) ms (appendix B, 9.1). */
const MEASURING_SECONDS = 0.0093;
/** Other inputs of this chip may have begun a measurement meanwhile. */
const TRIES = 20;
const TRY_AGAIN_SECONDS = 0.002;

const IDS: Readonly<Record<BoschChip, number>> = { bme280: 0x60, bmp280: 0x58 };
const SKIPPED_20_BITS = 0x80000;
const SKIPPED_16_BITS = 0x8000;

/**
 * A BME280 or BMP280 that measures when it is asked.
 *
 * @see Bosch BST-BME280-DS002, sections 3.3, 4 and 5; BST-BMP280-DS001, sections 3 and 4.
 */
export interface Bme280 {
  /** @throws Error with a sentence when the chip does not answer any more. */
  measure(): Promise<BoschReading>;
}

/** @throws Error with a sentence when there is no such chip, or another one. */
export async function openBme280(device: I2cDevice, chip: BoschChip, clock: Clock): Promise<Bme280> {
  const where = `${chip.toUpperCase()} at ${hex(device.address)}`;
  checkId(device, chip);
  await untilStatus(device, COPYING_TRIMMING, clock, `the ${where} does not come up`);
  const trimming = readTrimming(device, chip, where);
  // Another program may have left it measuring by itself, and from there forced mode is not defined.
  if (((device.read(CTRL_MEAS, 1)[0] ?? 0) & MODE) === NORMAL_MODE) device.write(CTRL_MEAS, 0);
  device.write(CONFIG, 0);
  return {
    async measure() {
      if (chip === 'bme280') device.write(CTRL_HUM, OVERSAMPLING_1);
      device.write(CTRL_MEAS, FORCED_ONCE);
      await sleep(clock, MEASURING_SECONDS);
      await untilStatus(device, MEASURING, clock, `the ${where} does not end its measurement`);
      return readingOf(device.read(DATA, chip === 'bme280' ? 8 : 6), trimming, where);
    },
  };
}

function checkId(device: I2cDevice, chip: BoschChip): void {
  const found = device.read(ID, 1)[0] ?? 0;
  if (found === IDS[chip]) return;
  const other = found === IDS.bmp280 ? ' (a BMP280)' : found === IDS.bme280 ? ' (a BME280)' : '';
  throw new Error(
    `found the chip id ${hex(found)}${other} at ${hex(device.address)} on I2C, expected ${hex(IDS[chip])} (a ${chip.toUpperCase()})`,
  );
}

/** Waits until a bit of the status is 0. */
async function untilStatus(device: I2cDevice, bit: number, clock: Clock, fault: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (((device.read(STATUS, 1)[0] ?? 0) & bit) === 0) return;
    await sleep(clock, TRY_AGAIN_SECONDS);
  }
  throw new Error(`${fault}: take its supply away for a moment`);
}

/** Two's complement words, low byte first (table 16); H4 and H5 share a byte. */
export function readTrimming(device: I2cDevice, chip: BoschChip, where: string): Bme280Trimming {
  const low = device.read(TRIMMING_LOW, 26);
  if (low.subarray(0, 24).every((byte) => byte === low[0])) {
    throw new Error(
      `found ${hex(low[0] ?? 0)} in all trimming registers of the ${where}, expected its own values`,
    );
  }
  const unsigned = (index: number): bigint => BigInt(low.readUInt16LE(index));
  const signed = (index: number): bigint => BigInt(low.readInt16LE(index));
  const high = chip === 'bme280' ? device.read(TRIMMING_HIGH, 7) : Buffer.alloc(7);
  const shared = high.readUInt8(4);
  return {
    t: [unsigned(0), signed(2), signed(4)],
    p: [
      unsigned(6),
      signed(8),
      signed(10),
      signed(12),
      signed(14),
      signed(16),
      signed(18),
      signed(20),
      signed(22),
    ],
    h: [
      BigInt(low.readUInt8(25)),
      BigInt(high.readInt16LE(0)),
      BigInt(high.readUInt8(2)),
      BigInt((high.readInt8(3) << 4) | (shared & 0x0f)),
      BigInt((high.readInt8(5) << 4) | (shared >> 4)),
      BigInt(high.readInt8(6)),
    ],
  };
}

/** Registers 0xF7 .. 0xFE: pressure and temperature in 20 bits, humidity in 16, high byte first. */
function readingOf(data: Buffer, trimming: Bme280Trimming, where: string): BoschReading {
  if (data.every((byte) => byte === 0xff)) {
    throw new Error(
      `found 0xff in all data registers of the ${where}, expected a measurement: is it still connected?`,
    );
  }
  const adcP = data.readUIntBE(0, 3) >> 4;
  const adcT = data.readUIntBE(3, 3) >> 4;
  const adcH = data.length === 8 ? data.readUInt16BE(6) : SKIPPED_16_BITS;
  if (adcT === SKIPPED_20_BITS) return { temperature: null, pressure: null, humidity: null };
  const tFine = fineTemperature(trimming, BigInt(adcT));
  return {
    temperature: celsius(tFine),
    pressure: adcP === SKIPPED_20_BITS ? null : pascal(trimming, tFine, BigInt(adcP)) / 100,
    humidity: adcH === SKIPPED_16_BITS ? null : relativeHumidity(trimming, tFine, BigInt(adcH)),
  };
}
