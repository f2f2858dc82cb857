import { readFileSync } from 'node:fs';

/** A line of a dry run. */
export interface PinLine {
  readonly seconds: number;
  readonly kind: string;
  readonly gpio: number;
  /** A level, or a share of time; not a number for SPI. */
  readonly value: number;
  readonly text: string;
}

/** Lines of dry runs: `[kind, gpio, value]`. */
export function readPinLines(path: string): PinLine[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [seconds, kind = '', gpio, value] = line.split(' ');
      const text = line.slice(line.indexOf(' ') + 1);
      return { seconds: Number(seconds), kind, gpio: Number(gpio), value: Number(value), text };
    });
}

/** What each pin puts out after all lines. */
export function levelsAfter(lines: readonly PinLine[]): Map<number, number> {
  return new Map(lines.map(({ gpio, value }) => [gpio, value]));
}

/** Whether no pin lets current flow. */
export function areOff(lines: readonly PinLine[]): boolean {
  return [...levelsAfter(lines).values()].every((value) => value === 0);
}

/** When the pins were last switched off: the time of the last line that had to be written for it. */
export function offSince(lines: readonly PinLine[]): number {
  const last = lines.findLastIndex((_, index) => !areOff(lines.slice(0, index + 1)));
  return lines[last + 1]?.seconds ?? Number.NaN;
}
