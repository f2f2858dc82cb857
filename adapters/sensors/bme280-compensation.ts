/** The trimming values of one chip, named and ordered as in the datasheet: dig_T1 .. T3, P1 .. P9 and H1 .. H6. */
export interface Bme280Trimming {
  readonly t: readonly [bigint, bigint, bigint];
  readonly p: readonly [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
  /** Of a BME280 alone. */
  readonly h: readonly [bigint, bigint, bigint, bigint, bigint, bigint];
}

// The datasheet's integer formulas, kept as they stand there (BST-BME280-DS002, section 4.2.3; for temperature and
// pressure the same as BST-BMP280-DS001, section 3.11.3). BigInt, because pressure needs 64 bits.

/** t_fine, the temperature that the other formulas need. */
export function fineTemperature({ t: [t1, t2, t3] }: Bme280Trimming, adcT: bigint): bigint {
  const var1 = (((adcT >> 3n) - (t1 << 1n)) * t2) >> 11n;
  const offset = (adcT >> 4n) - t1;
  const var2 = (((offset * offset) >> 12n) * t3) >> 14n;
  return var1 + var2;
}

/** Degrees C, to 0.01. */
export function celsius(tFine: bigint): number {
  return Number((tFine * 5n + 128n) >> 8n) / 100;
}

/** Pascal, to 1/256; 0 where the trimming values are senseless. */
export function pascal({ p }: Bme280Trimming, tFine: bigint, adcP: bigint): number {
  const [p1, p2, p3, p4, p5, p6, p7, p8, p9] = p;
  let var1 = tFine - 128_000n;
  let var2 = var1 * var1 * p6;
  var2 += (var1 * p5) << 17n;
  var2 += p4 << 35n;
  var1 = ((var1 * var1 * p3) >> 8n) + ((var1 * p2) << 12n);
  var1 = (((1n << 47n) + var1) * p1) >> 33n;
  if (var1 === 0n) return 0;
  let pressure = 1_048_576n - adcP;
  pressure = (((pressure << 31n) - var2) * 3125n) / var1;
  var1 = (p9 * (pressure >> 13n) * (pressure >> 13n)) >> 25n;
  var2 = (p8 * pressure) >> 19n;
  pressure = ((pressure + var1 + var2) >> 8n) + (p7 << 4n);
  return Number(pressure) / 256;
}

/** Percent of relative humidity in 0 .. 100, to 1/1024. */
export function relativeHumidity({ h }: Bme280Trimming, tFine: bigint, adcH: bigint): number {
  const [h1, h2, h3, h4, h5, h6] = h;
  const fine = tFine - 76_800n;
  const raw = ((adcH << 14n) - (h4 << 20n) - h5 * fine + 16_384n) >> 15n;
  const slope = (((fine * h6) >> 10n) * (((fine * h3) >> 11n) + 32_768n)) >> 10n;
  let humidity = raw * (((slope + 2_097_152n) * h2 + 8192n) >> 14n);
  humidity -= ((((humidity >> 15n) * (humidity >> 15n)) >> 7n) * h1) >> 4n;
  if (humidity < 0n) humidity = 0n;
  if (humidity > 419_430_400n) humidity = 419_430_400n;
  return Number(humidity >> 12n) / 1024;
}
