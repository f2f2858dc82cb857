import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { MeshError, reasonOf } from '../../contract/errors.js';
import { show } from '../../contract/explain.js';
import { type Instant, instantFromSeconds, parseTimestamp, timestampSchema } from '../../contract/instant.js';

/** One sample of a recording. */
export interface Sample {
  readonly at: Instant;
  /** The value, or the real part; NaN where the cell is empty. */
  readonly value: number;
  /** The imaginary part; 0 where the recording has plain values. */
  readonly imag: number;
}

/** Which cells of a line mean what; -1 where the recording has no such column. */
interface Columns {
  readonly time: number;
  readonly value: number;
  readonly imag: number;
}

const EXPECTED_COLUMNS = 'time,value or time,real,imag (time may be left out with --period)';
const DECIMAL = /^([+-]?)(\d+)(\.\d+)?$/;

/**
 * Reads a CSV recording line by line, in constant memory.
 *
 * @param file its name; `-` for standard input.
 * @param periodSeconds what lies between two samples where there is no time column.
 * @param column the name of the value's column, where it is neither value nor real and imag.
 * @returns `isComplex`, and the samples in their order.
 * @throws MeshError ANALYSIS_INVALID with file and line, what was found and what was expected.
 */
export async function openRecording(
  file: string,
  periodSeconds: number | undefined,
  column?: string,
): Promise<{ isComplex: boolean; samples: AsyncGenerator<Sample> }> {
  const lines = readLines(file);
  const first = await lines.next();
  if (first.done === true) throw invalid(`${file}: found nothing, expected a header ${EXPECTED_COLUMNS}`);
  const columns = readHeader(first.value, `${file}:1`, periodSeconds, column);
  return { isComplex: columns.imag >= 0, samples: readSamples(lines, columns, file, periodSeconds) };
}

async function* readLines(file: string): AsyncGenerator<string> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) yield line;
  } catch (error) {
    throw invalid(`${file}: ${reasonOf(error)}`);
  }
}

function readHeader(
  line: string,
  place: string,
  periodSeconds: number | undefined,
  column: string | undefined,
): Columns {
  const names = line
    .replace(/^\uFEFF/, '')
    .split(',')
    .map((name) => name.trim().toLowerCase());
  const time = names.indexOf('time');
  const columns =
    column === undefined
      ? { time, value: Math.max(names.indexOf('value'), names.indexOf('real')), imag: names.indexOf('imag') }
      : { time, value: names.indexOf(column.toLowerCase()), imag: -1 };
  if (column !== undefined && columns.value < 0) {
    throw invalid(`${place}: found no column ${show(column)}, expected one of ${names.join(', ')}`);
  }
  const isKnown = column !== undefined || names.includes('real') === names.includes('imag');
  if (columns.value < 0 || !isKnown)
    throw invalid(`${place}: found the header ${show(line)}, expected ${EXPECTED_COLUMNS}`);
  if (columns.time < 0 && periodSeconds === undefined) {
    throw invalid(
      `${place}: found no column time, expected one, or --period with the seconds between two samples`,
    );
  }
  return columns;
}

async function* readSamples(
  lines: AsyncGenerator<string>,
  columns: Columns,
  file: string,
  periodSeconds = 0,
): AsyncGenerator<Sample> {
  let line = 1;
  let index = 0;
  for await (const text of lines) {
    line += 1;
    if (text.trim() === '') continue;
    const cells = text.split(',');
    const place = `${file}:${line}`;
    const at =
      columns.time < 0 ? instantFromSeconds(index * periodSeconds) : readTime(cells[columns.time], place);
    yield {
      at,
      value: readNumber(cells[columns.value], place),
      imag: columns.imag < 0 ? 0 : readNumber(cells[columns.imag], place),
    };
    index += 1;
  }
}

/** A number; an empty cell, NaN or infinity is a reading that was missed, and is counted as rejected later. */
function readNumber(cell: string | undefined, place: string): number {
  const text = cell?.trim() ?? '';
  if (text === '' || /^[+-]?(nan|inf|infinity)$/i.test(text)) return Number.NaN;
  const value = Number(text);
  if (Number.isNaN(value)) throw invalid(`${place}: found ${show(text)}, expected a number`);
  return value;
}

/** Seconds with all their decimals, or ISO 8601. */
function readTime(cell: string | undefined, place: string): Instant {
  const text = cell?.trim() ?? '';
  const match = DECIMAL.exec(text);
  if (match !== null && match[1] !== '-') {
    return { wholeSeconds: Number(match[2]), fraction: Number(`0${match[3] ?? ''}`) };
  }
  const value = text === '' || Number.isNaN(Number(text)) ? text : Number(text);
  const timestamp = timestampSchema.safeParse(value);
  if (!timestamp.success)
    throw invalid(`${place}: found the time ${show(text)}, expected seconds or ISO 8601`);
  return parseTimestamp(timestamp.data);
}

function invalid(detail: string): MeshError {
  return new MeshError('ANALYSIS_INVALID', detail);
}
