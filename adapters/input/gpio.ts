import { z } from 'zod';
import { defineInput } from '../../contract/adapters.js';
import { durationSchema } from '../../contract/config/duration.js';
import { reasonOf } from '../../contract/errors.js';
import { rpioDoor } from '../rpio.js';
import type { Rpio } from '../sensors/machine.js';
import { watchPin } from '../sensors/watch-pin.js';

const options = z.strictObject({
  pin: z.int().min(0).max(53).describe('where it is wired'),
  mapping: z
    .enum(['physical', 'gpio'])
    .default('physical')
    .describe("physical: counted on the header, 1 to 40; gpio: Broadcom's number, 17 for GPIO17"),
  mode: z
    .enum(['pulse', 'level', 'rate'])
    .default('pulse')
    .describe(
      'pulse: each activation is an event; level: 1 while it is active, else 0; rate: activations a second',
    ),
  active: z
    .enum(['low', 'high'])
    .default('low')
    .describe('low: a button or contact to ground; high: a PIR sensor and others that give 3.3 V'),
  pull: z
    .enum(['up', 'down', 'off'])
    .optional()
    .describe("the Pi's own resistor; up where active is low, down where it is high, unless given"),
  debounce: durationSchema(0, 10)
    .optional()
    .describe('a change counts once it has lasted so long; 20ms, in mode rate 0s, unless given'),
});
type Options = z.output<typeof options>;

/** A button, PIR sensor, contact or pulse counter on a pin of a Raspberry Pi. */
export const gpioInput = defineInput({
  name: 'gpio',
  options,
  everySeconds: ({ mode }) => (mode === 'rate' ? 1 : undefined),
  encoder({ mode }) {
    if (mode === 'pulse') return { name: 'pulse' };
    return mode === 'level' ? { name: 'level', min: 0, max: 1 } : { name: 'trend' };
  },
  async probe() {
    try {
      return { ok: true, detail: await rpioDoor.check('gpio') };
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  },
  create: (settings, context) => ({
    async run(signal) {
      if (signal.aborted) return;
      const rpio = await rpioDoor.open('gpio');
      const { gpio, release } = await rpioDoor.claim(settings.pin, settings.mapping);
      try {
        rpio.open(gpio, rpio.INPUT, pullOf(rpio, settings));
        await watchPin(() => rpio.read(gpio), settings, context, signal).finally(() => rpio.close(gpio));
      } finally {
        release();
      }
    },
  }),
});

function pullOf(rpio: Rpio, { pull, active }: Options): number {
  const wanted = pull ?? (active === 'low' ? 'up' : 'down');
  return { up: rpio.PULL_UP, down: rpio.PULL_DOWN, off: rpio.PULL_OFF }[wanted];
}
