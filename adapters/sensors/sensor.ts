import { show } from '../../contract/explain.js';
import { readShared } from './sysfs.js';

export type Quantity = 'temperature' | 'pressure' | 'humidity' | 'voltage';

/** The units of readings. */
export const UNITS: Readonly<Record<Quantity, string>> = {
  temperature: '°C',
  pressure: 'hPa',
  humidity: '%',
  voltage: 'V',
};

/** A measured value, or why this one cannot be used: what was found, and what would be right. */
export type Measured = { readonly value: number } | { readonly reason: string };

/** Something that measures one quantity. */
export interface Sensor {
  /** What it is called to a person, e.g. `hwmon: cpu_thermal (temp1)`. */
  readonly name: string;
  /** What the options `device` and `label` choose it by. */
  readonly devices: readonly string[];
  readonly labels: readonly string[];
  /** After so long without an answer it counts as hung. */
  readonly limitSeconds: number;
  /** Measures once. A rejection, with a sentence, means that the sensor is gone. */
  read(): Promise<Measured>;
}

/** Judges a value by what such a sensor can measure; one that is not connected reads far beyond. */
export type Accept = (value: number, name: string) => Measured;

export function between(min: number, max: number, unit: string): Accept {
  return (value, name) => {
    if (value >= min && value <= max) return { value };
    const found = `${Number(value.toFixed(3))} ${unit}`;
    return { reason: `${name}: found ${found}, expected ${min} to ${max} ${unit}, which is its range` };
  };
}

const hygrometer = between(-6, 119, '%');

/** The formulas of hygrometers run from -6 to 119 %; what is beyond 0 or 100 counts as that (Si7020-A20, 5.1.1). */
export const percent: Accept = (value, name) => {
  const measured = hygrometer(value, name);
  return 'value' in measured ? { value: Math.min(100, Math.max(0, value)) } : measured;
};

export interface FileSensor {
  readonly name: string;
  readonly devices: readonly string[];
  readonly labels?: readonly string[];
  readonly path: string;
  readonly limitSeconds?: number;
  /** Reads the file; right away unless given. */
  readonly readText?: () => Promise<string>;
  /** What the file's text means. */
  readonly measure: (text: string) => Measured;
}

/** What the kernel says where a device has been there and is no more. */
const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO']);
const FORBIDDEN: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);

/** A sensor that the kernel shows as a file; a read that fails (EIO, ETIMEDOUT) is a value that cannot be used. */
export function createFileSensor(file: FileSensor): Sensor {
  const { name, devices, labels = [], path, limitSeconds = 5, readText, measure } = file;
  return {
    name,
    devices,
    labels,
    limitSeconds,
    async read() {
      try {
        return measure(await readShared(path, readText));
      } catch (error) {
        const code = String((error as { code?: unknown }).code);
        if (GONE.has(code)) throw new Error(`${name} is gone (${code} at ${path}): is it still connected?`);
        if (FORBIDDEN.has(code)) throw new Error(`${name}: this user may not read ${path} (${code})`);
        return { reason: `${name} could not be read (${code} at ${path})` };
      }
    },
  };
}

/** Why a file's text is no measurement. */
export function notANumber(name: string, text: string, expected = 'a number'): Measured {
  return { reason: `${name}: found ${show(text.trim())}, expected ${expected}` };
}
