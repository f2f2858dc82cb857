import { type FileHandle, open } from 'node:fs/promises';
import { decodeRecord, encodeRecord } from './spool-record.js';

/** How far a spool has been delivered: everything before a byte of a segment. */
export interface SpoolPosition {
  readonly segment: number;
  readonly byte: number;
}

const DIGITS = 10;

/** Keeps a position in a file of its own, in place: so short a write is whole or not there. */
export interface SpoolCursor {
  /** What was kept; null when there is nothing that can be read. */
  readonly kept: SpoolPosition | null;
  /**
   * Keeps a position, not flushed to the disk. Never rejects: where the disk will not have it, or loses it with the
   * power, some records are delivered again.
   */
  move(position: SpoolPosition): Promise<void>;
  close(): Promise<void>;
}

export async function openSpoolCursor(file: string): Promise<SpoolCursor> {
  const handle = await openOrCreate(file);
  const line = (await handle.readFile('utf8')).split('\n', 1)[0] ?? '';
  const [segment = '', byte = ''] = decodeRecord(line)?.split(' ') ?? [];
  const isKept = /^\d+$/.test(segment) && /^\d+$/.test(byte);
  return {
    kept: isKept ? { segment: Number(segment), byte: Number(byte) } : null,
    async move(position) {
      const text = [position.segment, position.byte].map((one) => String(one).padStart(DIGITS, '0'));
      await handle.write(encodeRecord(text.join(' ')), 0).catch(() => {});
    },
    close: () => handle.close(),
  };
}

async function openOrCreate(file: string): Promise<FileHandle> {
  const create = await open(file, 'a');
  await create.close();
  return open(file, 'r+');
}
