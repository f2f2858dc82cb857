import { z } from 'zod';
import { defineInput } from '../../contract/adapters.js';
import { reasonOf } from '../../contract/errors.js';
import { rpioDoor } from '../rpio.js';
import { findIio } from '../sensors/iio.js';
import { thisMachine } from '../sensors/machine.js';
import { createMcp3008 } from '../sensors/mcp3008.js';
import { sampleSensor } from '../sensors/sample-sensor.js';
import type { Sensor } from '../sensors/sensor.js';

const options = z.strictObject({
  source: z
    .enum(['mcp3008', 'iio'])
    .default('mcp3008')
    .describe('mcp3008: on SPI through rpio; iio: any converter that the kernel drives'),
  channel: z.int().min(0).max(63).default(0).describe('the input of the converter; 0 to 7 of an MCP3008'),
  differential: z
    .boolean()
    .default(false)
    .describe('against its neighbour (0 and 1, 2 and 3, ...) instead of ground'),
  reference: z
    .number()
    .positive()
    .max(1000)
    .default(3.3)
    .describe('volts: what the converter measures up to (the pin VREF), and what gives level 1'),
  chip_select: z
    .literal([0, 1], '0 or 1')
    .default(0)
    .describe('mcp3008: the line CE0 (pin 24) or CE1 (pin 26)'),
  device: z.string().min(1).optional().describe('iio: the name of the device, where there are several'),
});
type Options = z.output<typeof options>;

/** The voltage at one input of an analogue converter; level over 0 to the reference. */
export const analogInput = defineInput({
  name: 'analog',
  options,
  everySeconds: () => 0.1,
  encoder: ({ reference }) => ({ name: 'level', min: 0, max: reference }),
  async probe(settings) {
    try {
      const sensor = await sensorOf(settings);
      const measured = await sensor.read();
      if ('reason' in measured) return { ok: false, reason: measured.reason };
      return { ok: true, detail: `${sensor.name} reads ${measured.value.toFixed(3)} V` };
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  },
  create: (settings, context) => ({
    async run(signal) {
      if (signal.aborted) return;
      await sampleSensor(await sensorOf(settings), context, signal);
    },
  }),
});

/** @throws Error with a sentence when there is none. */
async function sensorOf(settings: Options): Promise<Sensor> {
  return settings.source === 'iio' ? iioSensor(settings) : mcp3008(settings);
}

async function mcp3008({ channel, differential, reference, chip_select, device }: Options): Promise<Sensor> {
  if (device !== undefined) throw new Error('found device with source mcp3008, expected chip_select');
  if (channel > 7) throw new Error(`found channel ${channel}, expected 0 to 7 of an MCP3008`);
  return createMcp3008(await rpioDoor.open('spi'), {
    chipSelect: chip_select,
    channel,
    isDifferential: differential,
    referenceVolts: reference,
  });
}

/** The kernel knows the reference of its converters itself. */
async function iioSensor({ channel, differential, device }: Options): Promise<Sensor> {
  const label = differential ? `voltage${channel}-voltage${channel ^ 1}` : `voltage${channel}`;
  const found = await findIio(thisMachine.sys, 'voltage');
  const sensor = found.find(
    (one) => one.labels.includes(label) && (device === undefined || one.devices.includes(device)),
  );
  if (sensor !== undefined) return sensor;
  const names =
    found.length === 0 ? 'no voltage in bus/iio/devices of /sys' : found.map(({ name }) => name).join(', ');
  throw new Error(`found ${names}, expected ${device ?? 'a converter'} with the channel ${label}`);
}
