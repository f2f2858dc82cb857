import type { GlobalMessage } from '../contract/payloads/global.js';
import { hsvToRgb, hueOf, type Rgb } from './mesh-swatch.js';
import { createMapping, expressionOption } from './state-expression.js';

/** A fully saturated colour. */
export interface LightColour {
  /** In [0, 360). */
  readonly hueDegrees: number;
  /** In [0, 1]. */
  readonly brightness: number;
}

/** The options of every output that shines. */
export const colourOptions = {
  hue: expressionOption.optional().describe('a formula for the hue in degrees; real * 360 unless given'),
  brightness: expressionOption
    .optional()
    .describe('a formula for the brightness, 0 to 1; coherence unless given'),
};

/** The formulas of such an output. */
export interface ColourFormulas {
  readonly hue?: string | undefined;
  readonly brightness?: string | undefined;
}

/**
 * Makes a function that gives the colour of a state. The hue is taken modulo 360 degrees, and the brightness is held
 * within [0, 1].
 *
 * @returns a function that throws an Error with a sentence where a formula gives no finite real number.
 * @throws RangeError with a sentence when a formula is none.
 * @see seed, OutputAdapter: hue = phase.real * 360, brightness = coherence.
 */
export async function createLightColour(
  formulas: ColourFormulas,
): Promise<(state: GlobalMessage) => LightColour> {
  const hue = await createMapping('hue', formulas.hue, ({ phase }) => hueOf(phase));
  const brightness = await createMapping('brightness', formulas.brightness, ({ coherence }) => coherence);
  return (state) => ({
    hueDegrees: ((hue(state) % 360) + 360) % 360,
    brightness: Math.min(1, Math.max(0, brightness(state))),
  });
}

/** The red, green and blue of a colour, each a whole number from 0 to 255. */
export function rgbOf({ hueDegrees, brightness }: LightColour): Rgb {
  return hsvToRgb(hueDegrees, brightness);
}
