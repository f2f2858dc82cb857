import { z } from 'zod';
import { defineOutput, type Output, type OutputContext } from '../../contract/adapters.js';
import { durationSchema } from '../../contract/config/duration.js';
import { openPinLight } from '../drive/pin-light.js';
import { dryRunOption } from '../drive/pin-option.js';
import { probePins } from '../drive/probe-pins.js';
import { colourOptions, createLightColour, rgbOf } from '../light-colour.js';

const options = z.strictObject({
  count: z.int().min(1).max(500).describe('how many LEDs the strip has'),
  order: z
    .enum(['GRB', 'RGB'])
    .default('GRB')
    .describe('in which order an LED takes its colours: GRB for a WS2812B, RGB for many with a WS2811'),
  show: z
    .enum(['solid', 'bar'])
    .default('solid')
    .describe('solid: all LEDs as bright as the brightness; bar: that share of them, from the first on'),
  ...colourOptions,
  max_brightness: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe('what brightness 1 is; an LED takes up to 20 mA a colour'),
  every: durationSchema(0, 60).prefault('33ms').describe('between two frames, at least'),
  core_mhz: z
    .number()
    .min(100)
    .max(1000)
    .optional()
    .describe("what core_freq of config.txt is; unless given the model's own: 250, 400 (Pi 3) or 500 (Pi 4)"),
  dry_run: dryRunOption,
});
type Options = z.output<typeof options>;

/** The SPI pins, of which a strip hangs on MOSI alone. */
const SPI_GPIOS = [7, 8, 9, 10, 11];

/**
 * A strip of WS281x LEDs on MOSI (pin 19, GPIO10) of a Raspberry Pi: the hue by the phase, the brightness by the
 * coherence.
 *
 * @see seed, OutputAdapter: hue = real * 360, brightness = coherence.
 */
export const stripOutput = defineOutput({
  name: 'strip',
  options,
  probe: ({ dry_run }) => probePins('spi', dry_run),
  create: createStrip,
});

async function createStrip(settings: Options, context: OutputContext): Promise<Output> {
  const { count, order, show, max_brightness, every, core_mhz, dry_run } = settings;
  const colourOf = await createLightColour(settings);
  const coreHz = core_mhz === undefined ? undefined : core_mhz * 1e6;
  return openPinLight(
    {
      use: 'spi',
      dryRun: dry_run,
      everySeconds: every,
      dark: [0, 0, 0, 0],
      numbersOf(state) {
        const { hueDegrees, brightness } = colourOf(state);
        const isBar = show === 'bar';
        const { red, green, blue } = rgbOf({
          hueDegrees,
          brightness: (isBar ? 1 : brightness) * max_brightness,
        });
        return [red, green, blue, isBar ? Math.round(brightness * count) : count];
      },
      plan: () => ({ config: { device: 'strip', count, order, coreHz }, gpios: SPI_GPIOS }),
    },
    context,
  );
}
