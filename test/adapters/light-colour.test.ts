import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLightColour, rgbOf } from '../../adapters/light-colour.js';
import { anyState, aState } from './samples.js';

const at = (real: number, coherence = 0.5) => aState({ phase: { real, imag: 0 }, coherence });

describe('the colour of a state', () => {
  test.each([
    [0, 0],
    [0.25, 90],
    [1, 0],
    [-0.25, 270],
    [-1, 0],
  ])('at the real part %d has the hue %d', async (real, hueDegrees) => {
    const colourOf = await createLightColour({});
    expect(colourOf(at(real))).toEqual({ hueDegrees, brightness: 0.5 });
  });

  test('may be by formulas: the hue goes round, the brightness is held within 0 and 1', async () => {
    const colourOf = await createLightColour({ hue: '-30 + 720', brightness: '3 * coherence - 1' });
    expect([0, 0.5, 1].map((coherence) => colourOf(at(0, coherence)))).toEqual([
      { hueDegrees: 330, brightness: 0 },
      { hueDegrees: 330, brightness: 0.5 },
      { hueDegrees: 330, brightness: 1 },
    ]);
  });

  test('is none where a formula gives none', async () => {
    const colourOf = await createLightColour({ hue: '1 / real' });
    expect(() => colourOf(at(0))).toThrow('hue: found Infinity of the formula 1 / real');
    await expect(createLightColour({ brightness: 'glow' })).rejects.toThrow(/^brightness: /);
  });

  test('is always one that a light can show', async () => {
    const ways = await Promise.all([
      createLightColour({}),
      createLightColour({ hue: '1e9 * real - 1e9', brightness: '10 * real' }),
    ]);
    fc.assert(
      fc.property(anyState, (state) => {
        for (const colourOf of ways) {
          const { hueDegrees, brightness } = colourOf(state);
          expect(hueDegrees >= 0 && hueDegrees < 360 && brightness >= 0 && brightness <= 1).toBe(true);
          const { red, green, blue } = rgbOf({ hueDegrees, brightness });
          for (const part of [red, green, blue])
            expect(part >= 0 && part <= 255 && Number.isInteger(part)).toBe(true);
          // Fully saturated: one part is dark, and one as bright as it is to be.
          expect(Math.min(red, green, blue)).toBe(0);
          expect(Math.max(red, green, blue)).toBe(Math.round(255 * brightness));
        }
      }),
    );
  });
});
