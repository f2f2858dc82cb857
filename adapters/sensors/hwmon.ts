import { basename, join } from 'node:path';
import {
  type Accept,
  between,
  createFileSensor,
  notANumber,
  percent,
  type Quantity,
  type Sensor,
} from './sensor.js';
import { attributesIn, decimalOf, deviceNames, textOf } from './sysfs.js';

interface HwmonKind {
  readonly pattern: RegExp;
  readonly accept: Accept;
}

/** Attributes of thousandths: milli-degrees and milli-percent. Unconnected inputs of a chip read far beyond. */
const KINDS: Partial<Record<Quantity, HwmonKind>> = {
  temperature: { pattern: /^temp\d+_input$/, accept: between(-55, 150, '°C') },
  humidity: { pattern: /^humidity\d+_input$/, accept: percent },
};

/**
 * What measures a quantity among the kernel's chips of hardware monitoring: processors, boards, SHT3x, LM75, TMP102.
 *
 * @see Documentation/hwmon/sysfs-interface.rst of Linux: `name`, `temp[1-*]_input`, `temp[1-*]_label`,
 * `humidity[1-*]_input`.
 */
export async function findHwmon(sys: string, quantity: Quantity): Promise<Sensor[]> {
  const kind = KINDS[quantity];
  if (kind === undefined) return [];
  const paths = await attributesIn(join(sys, 'class/hwmon'), kind.pattern);
  return Promise.all(paths.map((path) => sensorAt(path, kind.accept)));
}

async function sensorAt(path: string, accept: Accept): Promise<Sensor> {
  const devices = await deviceNames(path);
  const [device] = devices;
  const channel = basename(path).replace('_input', '');
  const label = (await textOf(path.replace(/_input$/, '_label'))) || channel;
  const name = `hwmon: ${device} (${label})`;
  return createFileSensor({
    name,
    devices,
    labels: [label, channel],
    path,
    measure(text) {
      const value = decimalOf(text) / 1000;
      return Number.isNaN(value) ? notANumber(name, text) : accept(value, name);
    },
  });
}
