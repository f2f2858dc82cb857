/** A unit as a linear map to its quantity's own: own = factor * x + offset. */
interface Unit {
  readonly quantity: string;
  readonly factor: number;
  readonly offset: number;
}

function units(quantity: string, factors: Readonly<Record<string, number | readonly [number, number]>>) {
  return Object.entries(factors).map(([names, one]): [string, Unit] => {
    const [factor, offset] = typeof one === 'number' ? [one, 0] : one;
    return [names, { quantity, factor, offset }];
  });
}

/** What devices publish, by every way to write it; factors are exact (NIST SP 811, appendix B.8) or rounded there. */
const UNITS = new Map(
  [
    ...units('temperature', {
      '°C C celsius degC': 1,
      '°F F fahrenheit degF': [5 / 9, -160 / 9],
      'K kelvin': [1, -273.15],
    }),
    ...units('pressure', {
      'hPa mbar': 1,
      Pa: 0.01,
      kPa: 10,
      bar: 1000,
      inHg: 33.86389,
      'mmHg Torr': 1.333224,
      psi: 68.94757,
    }),
    ...units('share', { '%': 1, ratio: 100 }),
    ...units('power', { W: 1, mW: 0.001, kW: 1000, MW: 1e6 }),
    ...units('energy', { kWh: 1, Wh: 0.001, MWh: 1000, J: 1 / 3.6e6 }),
    ...units('voltage', { V: 1, mV: 0.001, kV: 1000 }),
    ...units('current', { A: 1, mA: 0.001 }),
    ...units('length', { m: 1, mm: 0.001, cm: 0.01, km: 1000, in: 0.0254, ft: 0.3048, mi: 1609.344 }),
    ...units('speed', { 'm/s': 1, 'km/h': 1 / 3.6, mph: 0.44704, kn: 1852 / 3600, 'ft/s': 0.3048 }),
    ...units('time', { s: 1, ms: 0.001, 'µs us': 1e-6, min: 60, h: 3600, d: 86_400 }),
    ...units('frequency', { Hz: 1, kHz: 1000, MHz: 1e6, GHz: 1e9, rpm: 1 / 60 }),
    ...units('mass', { kg: 1, g: 0.001, mg: 1e-6, lb: 0.45359237, oz: 0.028349523125 }),
    ...units('volume', { L: 1, mL: 0.001, 'm³ m3': 1000, gal: 3.785411784 }),
    ...units('concentration', { ppm: 1, ppb: 0.001 }),
    ...units('illuminance', { lx: 1 }),
    ...units('level', { 'dB dBm': 1 }),
  ].flatMap(([names, unit]) => names.split(' ').map((name) => [name, unit] as const)),
);

/** Whether a unit is known; its name as devices write it, such as °C, F, hPa, kWh. */
export function isUnit(name: string): boolean {
  return UNITS.has(name);
}

/** Every name of a unit. */
export function unitNames(): string[] {
  return [...UNITS.keys()];
}

/**
 * A quantity in another unit.
 *
 * @returns the value, or null when either unit is unknown or they measure different quantities.
 */
export function convertUnit(value: number, from: string, to: string): number | null {
  if (from === to) return value;
  const [source, target] = [UNITS.get(from), UNITS.get(to)];
  if (source === undefined || target === undefined || source.quantity !== target.quantity) return null;
  return (source.factor * value + source.offset - target.offset) / target.factor;
}
