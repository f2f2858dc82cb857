import type { GlobalMessage } from '../contract/payloads/global.js';
import { agreementText, identityText } from './describe-state.js';
import { barOf, hueOf, type Rgb, swatchOf, tintOf } from './mesh-swatch.js';
import { type Canvas, lineOf, type Span } from './terminal-line.js';

const SWATCH_CELLS = 8;
const MOST_BAR_CELLS = 40;
const LEAST_BAR_CELLS = 4;
const DARK: Rgb = { red: 0, green: 0, blue: 0 };

/** A state of the mesh in three lines: its colour, a bar with the threshold across it, its figures, who it is. */
export function stateBlock(state: GlobalMessage, canvas: Canvas): string[] {
  const [before, after] = ['coherence ', ` ${state.coherence.toFixed(3)}`];
  const room = canvas.columns - (canvas.colour ? SWATCH_CELLS + 2 : 0) - before.length - after.length;
  const cells = Math.max(LEAST_BAR_CELLS, Math.min(MOST_BAR_CELLS, room));
  const bar = { text: barOf(state.coherence, cells, state.threshold), ink: tintOf(state.phase) };
  return besideSwatch(
    swatchOf(state),
    [
      [before, bar, after],
      [`threshold ${state.threshold}   ${agreementText(state)}`],
      [`${identityText(state)}   hue ${hueOf(state.phase).toFixed(0)}`],
    ],
    canvas,
  );
}

/** The three lines where there is no state to show. */
export function quietBlock(reason: string, canvas: Canvas): string[] {
  return besideSwatch(DARK, [['quiet'], [reason], []], canvas);
}

function besideSwatch(ground: Rgb, texts: readonly Span[][], canvas: Canvas): string[] {
  const swatch: Span[] = canvas.colour ? [{ text: ' '.repeat(SWATCH_CELLS), ground }, '  '] : [];
  return texts.map((text) => lineOf([...swatch, ...text], canvas));
}
