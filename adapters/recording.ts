import { show } from '../contract/explain.js';
import type { Instant } from '../contract/instant.js';
import { MEASURED_AT, readMeasuredAt } from './measured-at.js';
import { readTextLines, type TextLine } from './text-lines.js';
import { createValueReader, type ValueOptions } from './value-reader.js';

export interface RecordingOptions extends Pick<ValueOptions, 'map' | 'unit' | 'source_unit'> {
  /** A CSV file whose first line names the columns. */
  readonly file: string;
  /** The name of the value's column; value, or real and imag, unless given. */
  readonly column?: string | undefined;
  /** The name of the column of times; time, if there is one, unless given. */
  readonly time_column?: string | undefined;
}

/** A row of a recording. */
export interface RecordedReading {
  readonly line: number;
  /** When it was measured; undefined where the recording has no column of times. */
  readonly at: Instant | undefined;
  readonly value: number;
  readonly imag?: number;
}

/** A row that cannot be read, and why. */
export interface BadRow {
  readonly line: number;
  readonly reason: string;
}

/** Which cells of a row mean what; -1 where there is no such column. */
interface Columns {
  readonly time: number;
  readonly value: number;
  readonly imag: number;
}

/**
 * Reads a recording row by row, in constant memory.
 *
 * @throws Error with a sentence when the file cannot be read, is empty, or its header lacks the columns.
 * @see RFC 4180: cells may be quoted; a line break within quotes is not taken.
 */
export async function* readRecording(options: RecordingOptions): AsyncGenerator<RecordedReading | BadRow> {
  let read: ((line: TextLine) => RecordedReading | BadRow) | undefined;
  for await (const line of readTextLines(options.file)) {
    if (read === undefined) read = createRowReader(findColumns(line.text ?? '', options), options);
    else if (line.text?.trim() !== '') yield read(line);
  }
  if (read === undefined)
    throw new Error(`found nothing in ${options.file}, expected a line such as time,value`);
}

function findColumns(header: string, { file, column, time_column }: RecordingOptions): Columns {
  const names = cellsOf(header).map((name) => name.trim().toLowerCase());
  const find = (name: string): number => names.indexOf(name.toLowerCase());
  for (const name of [column, time_column]) {
    if (name === undefined || find(name) >= 0) continue;
    const known = names.join(', ').slice(0, 200);
    throw new Error(`${file}:1: found no column ${show(name)}, expected one of ${known}`);
  }
  const time = find(time_column ?? 'time');
  if (column !== undefined) return { time, value: find(column), imag: -1 };
  if (find('real') >= 0 && find('imag') >= 0) return { time, value: find('real'), imag: find('imag') };
  if (find('value') >= 0) return { time, value: find('value'), imag: -1 };
  throw new Error(
    `${file}:1: found the header ${show(header)}, expected a column value, columns real and imag, or the option column`,
  );
}

function createRowReader(
  { time, value, imag }: Columns,
  { file, map, unit, source_unit }: RecordingOptions,
): (line: TextLine) => RecordedReading | BadRow {
  const readValue = createValueReader({ map, unit, source_unit });
  return ({ number, text }) => {
    const bad = (reason: string): BadRow => ({ line: number, reason: `${file}:${number}: ${reason}` });
    if (text === null) return bad('found a line of more than 64 KiB, expected a row');
    const cells = cellsOf(text);
    const at = time < 0 ? undefined : readMeasuredAt(cells[time] ?? '');
    if (at === null) return bad(`found the time ${show(cells[time])}, expected ${MEASURED_AT}`);
    const real = readValue(cells[value] ?? '');
    if ('reason' in real) return bad(real.reason);
    if (imag < 0) return { line: number, at, value: real.value };
    const second = readValue(cells[imag] ?? '');
    if ('reason' in second) return bad(second.reason);
    return { line: number, at, value: real.value, imag: second.value };
  };
}

/** The cells of a line of CSV; quotes around one are taken off, and two of them within stand for one. */
export function cellsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  return [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain,
  );
}
