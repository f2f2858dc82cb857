import { z } from 'zod';
import { defineOutput, type Output, type OutputContext } from '../../contract/adapters.js';
import { durationSchema } from '../../contract/config/duration.js';
import { openPinLight } from '../drive/pin-light.js';
import { dryRunOption, mappingOption, pinOption, refuseTwice, toGpio } from '../drive/pin-option.js';
import { probePins } from '../drive/probe-pins.js';
import { colourOptions, createLightColour, rgbOf } from '../light-colour.js';

const options = z.strictObject({
  pins: z
    .strictObject({
      red: pinOption.describe('where the red part is wired'),
      green: pinOption.describe('where the green part is wired'),
      blue: pinOption.describe('where the blue part is wired'),
    })
    .describe('three pins of a Raspberry Pi'),
  mapping: mappingOption,
  common: z
    .enum(['cathode', 'anode'])
    .default('cathode')
    .describe('which side the three parts share: cathode: ground; anode: the supply, so that low is bright'),
  gamma: z
    .number()
    .min(1)
    .max(4)
    .default(2.2)
    .describe('a part shines for (level to this power) of the time; 2.2 looks even to the eye, 1 is linear'),
  ...colourOptions,
  every: durationSchema(0, 60).prefault('33ms').describe('between two changes, at least'),
  dry_run: dryRunOption,
});
type Options = z.output<typeof options>;

/**
 * An RGB LED on the pins of a Raspberry Pi: the hue by the phase, the brightness by the coherence.
 *
 * @see seed, OutputAdapter: hue = real * 360, brightness = coherence.
 */
export const ledOutput = defineOutput({
  name: 'led',
  options,
  probe: ({ dry_run }) => probePins('gpio', dry_run),
  create: createLed,
});

async function createLed(settings: Options, context: OutputContext): Promise<Output> {
  const { pins, mapping, common, gamma, every, dry_run } = settings;
  const colourOf = await createLightColour(settings);
  return openPinLight(
    {
      use: 'gpio',
      dryRun: dry_run,
      everySeconds: every,
      dark: [0, 0, 0],
      numbersOf(state) {
        const { red, green, blue } = rgbOf(colourOf(state));
        return [red, green, blue].map((level) => (level / 255) ** gamma);
      },
      plan(model) {
        const gpio = (pin: number): number => toGpio(pin, mapping, model);
        const led = { red: gpio(pins.red), green: gpio(pins.green), blue: gpio(pins.blue) };
        refuseTwice(Object.values(led));
        const isCommonAnode = common === 'anode';
        return { config: { device: 'led', ...led, isCommonAnode }, gpios: Object.values(led) };
      },
    },
    context,
  );
}
