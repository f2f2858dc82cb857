import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readRecords, type SpoolRecord } from './spool-record.js';

const DIGITS = 10;
const NAME = new RegExp(`^\\d{${DIGITS}}\\.log$`);

/** A file of a spool, named by its number. */
export interface SpoolSegment {
  readonly number: number;
  readonly file: string;
  /** Of whole records: what stands behind them was never finished. */
  bytes: number;
  /** Records that are still to be delivered. */
  records: number;
}

/**
 * The segments of a folder, the oldest first, the folder made if it is not there. What was being written when a process
 * died stands behind their last whole record, where the next one is written.
 */
export async function findSegments(folder: string): Promise<SpoolSegment[]> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  const segments: SpoolSegment[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const content = await readFile(file);
    const records = readRecords(content, 0);
    const bytes = records.at(-1)?.endByte ?? 0;
    segments.push({ number: Number.parseInt(name, 10), file, bytes, records: records.length });
  }
  return segments;
}

/** A segment without records, that is on the disk for good. */
export async function createSegment(folder: string, number: number): Promise<SpoolSegment> {
  const file = join(folder, `${String(number).padStart(DIGITS, '0')}.log`);
  await mkdir(folder, { recursive: true });
  await (await open(file, 'w')).close();
  await syncFolder(folder);
  return { number, file, bytes: 0, records: 0 };
}

/** Appends lines and flushes them to the disk; where that fails, only whole lines before them are to be believed. */
export async function appendRecords(segment: SpoolSegment, lines: readonly string[]): Promise<void> {
  const bytes = Buffer.from(lines.join(''));
  const handle = await open(segment.file, 'r+');
  try {
    for (let written = 0; written < bytes.length; ) {
      const rest = bytes.subarray(written);
      written += (await handle.write(rest, 0, rest.length, segment.bytes + written)).bytesWritten;
    }
    await handle.datasync();
  } finally {
    await handle.close();
  }
  segment.bytes += bytes.length;
  segment.records += lines.length;
}

/** The records of a segment from a byte on; none where somebody has removed its file. */
export async function recordsFrom({ file, bytes }: SpoolSegment, startByte: number): Promise<SpoolRecord[]> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return [];
  try {
    const buffer = Buffer.alloc(Math.max(0, bytes - startByte));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, startByte);
    return readRecords(buffer.subarray(0, bytesRead), startByte);
  } finally {
    await handle.close();
  }
}

export function removeSegment({ file }: SpoolSegment): Promise<void> {
  return rm(file, { force: true });
}

/** A new file outlives a power cut only once its folder is on the disk too; not every system can do this. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
