import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { between, createFileSensor, type Measured, notANumber, type Sensor } from './sensor.js';
import { decimalOf, namesIn, readFile } from './sysfs.js';

/** The families that Linux's driver w1_therm serves: DS18S20, DS1822, DS18B20, DS1825, DS28EA00. */
const THERMOMETER = /^(10|22|28|3b|42)-[0-9a-f]{12}$/i;
const accept = between(-55, 125, '°C');
/** What the memory holds from power-on until the first conversion (DS18B20 datasheet, table 1). */
const POWER_ON_CELSIUS = 85;
/** A conversion takes 750 ms at 12 bits, and the sensors of a process wait for each other. */
const LIMIT_SECONDS = 30;

/**
 * The thermometers on the kernel's 1-wire buses.
 *
 * @see Documentation/w1/slaves/w1_therm.rst of Linux: `temperature`, and `w1_slave` where the kernel is older.
 */
export async function findOneWire(sys: string): Promise<Sensor[]> {
  const folder = join(sys, 'bus/w1/devices');
  const ids = (await namesIn(folder)).filter((name) => THERMOMETER.test(name));
  const sensors = await Promise.all(ids.map((id) => sensorAt(join(folder, id), id)));
  return sensors.filter((sensor) => sensor !== null);
}

async function sensorAt(folder: string, id: string): Promise<Sensor | null> {
  const name = `1-wire: ${id}`;
  for (const [file, meaningOf] of [
    ['temperature', measureAttribute],
    ['w1_slave', measureScratchpad],
  ] as const) {
    const path = join(folder, file);
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (!isThere) continue;
    return createFileSensor({
      name,
      devices: [id],
      path,
      limitSeconds: LIMIT_SECONDS,
      readText: () => inTurn(() => readFile(path, 'utf8')),
      measure: (text) => meaningOf(text, name),
    });
  }
  return null;
}

/** The attribute `temperature`: milli-degrees; empty while a bulk conversion is under way. */
function measureAttribute(text: string, name: string): Measured {
  return celsius(decimalOf(text) / 1000, text, name);
}

/** The attribute `w1_slave`: nine bytes with YES where their CRC is right, then the same with t= milli-degrees. */
export function measureScratchpad(text: string, name: string): Measured {
  if (!/crc=[0-9a-f]{2} YES\s/i.test(text)) {
    return {
      reason: `${name}: found a wrong CRC, expected YES in w1_slave; is the cable too long or loose?`,
    };
  }
  return celsius(decimalOf(/\st=(\S+)\n$/.exec(text)?.[1] ?? '') / 1000, text, name);
}

function celsius(value: number, text: string, name: string): Measured {
  if (Number.isNaN(value)) return notANumber(name, text);
  if (value !== POWER_ON_CELSIUS) return accept(value, name);
  return {
    reason: `${name}: found exactly 85 °C, which it says before it has measured, expected another value; is its supply good?`,
  };
}

let lastTurn: Promise<unknown> = Promise.resolve();

/**
 * One conversion at a time: the kernel lets them wait for each other anyway, and each that waits there would hold
 * one of the four threads that Node reads files with.
 */
function inTurn<T>(task: () => Promise<T>): Promise<T> {
  const turn = lastTurn.then(task, task);
  lastTurn = turn;
  return turn;
}
