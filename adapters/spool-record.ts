import { createHash } from 'node:crypto';

const CHECKSUM_LENGTH = 16;
const NEWLINE = 0x0a;

/** A record of a spool file, and where it stands there. */
export interface SpoolRecord {
  readonly text: string;
  readonly startByte: number;
  /** Where the next one begins. */
  readonly endByte: number;
}

/**
 * A record as a line: the checksum of its text in hexadecimal, a space, the text.
 *
 * @param text without a line break.
 */
export function encodeRecord(text: string): string {
  if (text.includes('\n')) throw new RangeError('found a line break in a record, expected one line');
  return `${checksumOf(text)} ${text}\n`;
}

/** The text of a line; null when it is not what was written. */
export function decodeRecord(line: string): string | null {
  const text = line.slice(CHECKSUM_LENGTH + 1);
  return line[CHECKSUM_LENGTH] === ' ' && line.startsWith(checksumOf(text)) ? text : null;
}

/**
 * The records that are whole, in order; a line that is damaged is left out.
 *
 * @param startByte where in its file `bytes` begins.
 */
export function readRecords(bytes: Buffer, startByte: number): SpoolRecord[] {
  const records: SpoolRecord[] = [];
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    const text = decodeRecord(bytes.toString('utf8', start, end));
    if (text !== null) records.push({ text, startByte: startByte + start, endByte: startByte + end + 1 });
    start = end + 1;
  }
  return records;
}

function checksumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, CHECKSUM_LENGTH);
}
