import { stripVTControlCharacters } from 'node:util';

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_LINE = '\x1b[2K';
const CLEAR_BELOW = '\x1b[J';

/** Lines at the end of a terminal that are redrawn in place. */
export class LiveBlock {
  private readonly terminal: { write(text: string): unknown; readonly columns?: number };
  private drawn: readonly string[] = [];

  constructor(terminal: { write(text: string): unknown; readonly columns?: number }) {
    this.terminal = terminal;
  }

  /** Puts the lines where the last ones stood; each must fit the width. */
  draw(lines: readonly string[]): void {
    if (lines.length === this.drawn.length && lines.every((line, row) => line === this.drawn[row])) return;
    const back = this.drawn.length === 0 ? HIDE_CURSOR : `\r\x1b[${this.rowsDrawn()}A`;
    this.terminal.write(`${back}${lines.map((line) => `${CLEAR_LINE}${line}\n`).join('')}${CLEAR_BELOW}`);
    this.drawn = lines;
  }

  /** Leaves the last lines standing and gives the cursor back. */
  close(): void {
    if (this.drawn.length > 0) this.terminal.write(SHOW_CURSOR);
    this.drawn = [];
  }

  /** The rows that the last lines take now: a terminal that became narrower has wrapped them. */
  private rowsDrawn(): number {
    const columns = this.terminal.columns ?? Number.POSITIVE_INFINITY;
    const rows = this.drawn.map((line) => Math.ceil(stripVTControlCharacters(line).length / columns));
    return rows.reduce((sum, count) => sum + Math.max(1, count), 0);
  }
}
