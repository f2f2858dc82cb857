import { basename, dirname, join } from 'node:path';
import {
  type Accept,
  between,
  createFileSensor,
  type Measured,
  notANumber,
  percent,
  type Quantity,
  type Sensor,
} from './sensor.js';
import { attributesIn, decimalOf, deviceNames, textOf } from './sysfs.js';

interface IioKind {
  /** Channels of the quantity; the first group is the channel's name, the second how it is given. */
  readonly pattern: RegExp;
  /** What one of the kernel's units is in ours. */
  readonly factor: number;
  readonly accept: Accept;
}

/** The kernel's units are milli-degrees C, kilopascal, milli-percent and millivolt. */
const KINDS: Readonly<Record<Quantity, IioKind>> = {
  temperature: {
    pattern: /^in_(temp\w*?)_(input|raw)$/,
    factor: 0.001,
    accept: between(-273.15, 2000, '°C'),
  },
  pressure: {
    pattern: /^in_(pressure\w*?)_(input|raw)$/,
    factor: 10,
    accept: between(0, 2000, 'hPa'),
  },
  humidity: {
    pattern: /^in_(humidityrelative\w*?)_(input|raw)$/,
    factor: 0.001,
    accept: percent,
  },
  voltage: {
    pattern: /^in_(voltage[\w-]*?)_(input|raw)$/,
    factor: 0.001,
    accept: between(-1000, 1000, 'V'),
  },
};

/**
 * What measures a quantity among the kernel's devices of industrial I/O: BME280, DHT22, MAX31855, MCP3008.
 *
 * @see Documentation/ABI/testing/sysfs-bus-iio of Linux: `in_temp_input`, or (`in_temp_raw` + `in_temp_offset`)
 * times `in_temp_scale`; likewise pressure, humidityrelative and voltage.
 */
export async function findIio(sys: string, quantity: Quantity): Promise<Sensor[]> {
  const kind = KINDS[quantity];
  const paths = await attributesIn(join(sys, 'bus/iio/devices'), kind.pattern);
  const processed = new Set(paths.filter((path) => path.endsWith('_input')));
  const wanted = paths.filter(
    (path) => processed.has(path) || !processed.has(path.replace(/_raw$/, '_input')),
  );
  return Promise.all(wanted.map((path) => sensorAt(path, quantity)));
}

async function sensorAt(path: string, quantity: Quantity): Promise<Sensor> {
  const { pattern, factor, accept } = KINDS[quantity];
  const [, channel = '', form] = pattern.exec(basename(path)) ?? [];
  const devices = await deviceNames(path);
  const [device] = devices;
  const isPlain = /^(temp|pressure|humidityrelative)$/.test(channel);
  const name = `iio: ${device}${isPlain ? '' : ` (${channel})`}`;
  const { offset, scale } = form === 'raw' ? await conversionOf(path, channel) : { offset: 0, scale: 1 };
  return createFileSensor({
    name,
    devices,
    labels: [channel],
    path,
    measure(text): Measured {
      const inKernelUnits = (decimalOf(text) + offset) * scale;
      if (Number.isNaN(scale)) return notANumber(name, text, 'a number with its scale');
      if (Number.isNaN(inKernelUnits)) return notANumber(name, text);
      const ours = device === 'bme680' ? bme680Factor(quantity, inKernelUnits) : factor;
      return accept(inKernelUnits * ours, name);
    },
  });
}

/** Offset and scale of a raw channel: its own, else those it shares; without a scale it is no measurement. */
async function conversionOf(path: string, channel: string): Promise<{ offset: number; scale: number }> {
  const owners = new Set([channel, channel.replace(/\d+/g, ''), channel.replace(/[^a-z].*/, '')]);
  const read = async (what: string): Promise<number> => {
    for (const owner of owners) {
      const text = await textOf(join(dirname(path), `in_${owner}_${what}`));
      if (text !== null) return decimalOf(text);
    }
    return Number.NaN;
  };
  const [offset, scale] = await Promise.all([read('offset'), read('scale')]);
  return { offset: Number.isNaN(offset) ? 0 : offset, scale };
}

/**
 * The kernel's driver of the BME680 keeps its own units: percent, and in older kernels hPa
 * (drivers/iio/chemical/bme680_core.c). The sensor's range, 300 to 1100 hPa and 0 to 100 %, tells which it is.
 */
function bme680Factor(quantity: Quantity, value: number): number {
  if (quantity === 'pressure') return value >= 300 ? 1 : 10;
  if (quantity === 'humidity') return value <= 100 ? 1 : 0.001;
  return 0.001;
}
