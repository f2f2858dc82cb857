import { z } from 'zod';
import { defineInput } from '../../contract/adapters.js';
import { systemClock } from '../../contract/clock.js';
import { CHANNEL_RANGES } from '../../contract/config/encoder.js';
import { reasonOf } from '../../contract/errors.js';
import { rpioDoor } from '../rpio.js';
import { BOSCH_ADDRESSES, type BoschQuantity } from './bosch-sensors.js';
import { findSensors, I2C_SOURCES, KERNEL_SOURCES, namesOf, type SensorWanted } from './find-sensors.js';
import { thisMachine } from './machine.js';
import { sampleSensor } from './sample-sensor.js';
import type { Sensor } from './sensor.js';

/**
 * The input adapter of one quantity: which sensors it may read, how they are chosen, and that they are read at
 * 10 Hz (1-wire, which is slower, once a second), encoded as level over the channel's range of the contract.
 */
export function defineSensorInput(quantity: BoschQuantity) {
  const range = CHANNEL_RANGES[quantity];
  const chooseAgain = createMemory();
  const find = (wanted: SensorWanted, clock = systemClock) =>
    findSensors(quantity, wanted, { machine: thisMachine, door: rpioDoor, clock });
  return defineInput({
    name: quantity,
    options: optionsOf(quantity),
    everySeconds: ({ source }) => (source === 'w1' ? 1 : 0.1),
    encoder: () => (range === undefined ? undefined : { name: 'level', min: range.min, max: range.max }),
    async probe(wanted) {
      try {
        const [first, ...others] = await find(wanted);
        const also = others.length === 0 ? '' : `; there are also ${namesOf(others)}`;
        return { ok: true, detail: `reads ${first.name}${also}` };
      } catch (error) {
        return { ok: false, reason: reasonOf(error) };
      }
    },
    create: (wanted, context) => ({
      async run(signal) {
        if (signal.aborted) return;
        const sensor = chooseAgain(wanted, await find(wanted, context.clock));
        context.log.info({ sensor: sensor.name }, 'reads a sensor');
        await sampleSensor(sensor, context, signal);
      },
    }),
  });
}

function optionsOf(quantity: BoschQuantity) {
  const [kernel, onI2c] = [KERNEL_SOURCES[quantity], I2C_SOURCES[quantity]];
  return z.strictObject({
    source: z
      .enum(['auto', ...kernel, ...onI2c])
      .default('auto')
      .describe(
        `auto: the first that the kernel shows of ${kernel.join(', ')}; ${onI2c.join(', ')}: on I2C through rpio`,
      ),
    device: z
      .string()
      .min(1)
      .optional()
      .describe('the name of an iio device or hwmon chip, or a 1-wire number such as 28-0316a2791cff'),
    label: z
      .string()
      .min(1)
      .optional()
      .describe('which of several of one device: its label or channel, such as Tctl or temp1'),
    address: z
      .literal(BOSCH_ADDRESSES, '0x76 or 0x77')
      .optional()
      .describe('of a BME280 or BMP280 on I2C: 0x76 or 0x77; both are tried unless given'),
  });
}

/**
 * Makes a function that chooses the first of the sensors, and from then on the same for the same options: an input
 * that lost its sensor and starts again must not go on with another one as if nothing had happened.
 */
function createMemory(): (wanted: SensorWanted, found: readonly [Sensor, ...Sensor[]]) => Sensor {
  const chosen = new WeakMap<SensorWanted, string>();
  return (wanted, found) => {
    const name = chosen.get(wanted) ?? found[0].name;
    const sensor = found.find((one) => one.name === name);
    if (sensor === undefined)
      throw new Error(`${name} is gone, expected it to come back: is it still connected?`);
    chosen.set(wanted, name);
    return sensor;
  };
}
