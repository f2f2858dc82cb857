import type { Rgb } from './mesh-swatch.js';

/** A piece of a line: plain text, or text in a colour. Every character is taken to be one column wide. */
export type Span = string | { readonly text: string; readonly ink?: Rgb; readonly ground?: Rgb };

/** What is known of the terminal that is drawn on. */
export interface Canvas {
  readonly columns: number;
  /** False leaves all colours out, and with them the swatch. */
  readonly colour: boolean;
}

const DEFAULT_COLUMNS = 80;
const RESET = '\x1b[0m';

/** A line for the terminal, cut to its width. */
export function lineOf(spans: readonly Span[], { columns, colour }: Canvas): string {
  let left = columns;
  let line = '';
  for (const span of spans) {
    const { text, ink, ground } = typeof span === 'string' ? { text: span } : span;
    const shown = text.slice(0, left);
    left -= shown.length;
    line += colour && shown !== '' ? painted(shown, ink, ground) : shown;
  }
  return line;
}

/** Text of others, safe to write to a terminal: no control characters, nothing wider than one column. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

/**
 * What can be drawn on a terminal now.
 *
 * @see https://no-color.org: NO_COLOR, when not empty, asks for no colours.
 */
export function canvasOf(terminal: { readonly isTTY?: boolean; readonly columns?: number }): Canvas {
  return {
    columns: terminal.columns ?? DEFAULT_COLUMNS,
    colour: terminal.isTTY === true && (process.env.NO_COLOR ?? '') === '',
  };
}

function painted(text: string, ink: Rgb | undefined, ground: Rgb | undefined): string {
  const codes = `${ink === undefined ? '' : code(38, ink)}${ground === undefined ? '' : code(48, ground)}`;
  return codes === '' ? text : `${codes}${text}${RESET}`;
}

/** A 24-bit colour (ISO 8613-6, as xterm writes it). */
function code(layer: 38 | 48, { red, green, blue }: Rgb): string {
  return `\x1b[${layer};2;${red};${green};${blue}m`;
}
