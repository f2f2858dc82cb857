import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { type Clock, sleep } from '../contract/clock.js';
import { createFileAlarm, type FileAlarm } from './file-alarm.js';
import { ifThere, isSameFile } from './if-there.js';
import type { LineDecoder } from './line-decoder.js';

/** How often a file is looked at of which the system does not tell when it changes. */
const LOOK_SECONDS = 0.25;
/** How soon a file that is gone is looked for: often at first, because one that is renamed is soon made anew. */
const FIRST_SEARCH_SECONDS = 0.01;
const LONGEST_SEARCH_SECONDS = 1;
const CHUNK_BYTES = 64 * 1024;

export interface FollowOptions {
  readonly path: string;
  /** Whether what the file holds at first is read, too. */
  readonly fromStart: boolean;
  readonly clock: Clock;
  /** Gets a sentence when there is no file, which is then waited for. */
  readonly lose: (reason: string) => void;
  /** Makes what takes the bytes of a file, and of the next one when another takes its place. */
  readonly createLines: () => LineDecoder;
}

/**
 * Reads what is appended to a file, as `tail -F` does: through its being renamed and made anew, and through its being
 * cut short. What comes after the first is read from its start; until it comes, the one that was renamed is read on.
 *
 * @returns resolves at `signal`.
 * @throws Error in one sentence when what is there is no file, or cannot be read.
 */
export async function followFile(options: FollowOptions, signal: AbortSignal): Promise<void> {
  const { path, clock, lose } = options;
  let { fromStart } = options;
  let file: AppendedFile | undefined;
  let searches = 0;
  try {
    while (!signal.aborted) {
      const there = await ifThere(path, stat(path));
      await file?.readOn(there, signal);
      if (there !== undefined && (file === undefined || !isSameFile(there, file.own))) {
        await file?.end();
        file = await openFile(options, fromStart);
      } else if (there !== undefined) {
        searches = 0;
        await file?.alarm.wait(LOOK_SECONDS, signal);
      } else {
        if (searches === 0) lose(`found no file ${path}; it is waited for`);
        await sleep(clock, Math.min(LONGEST_SEARCH_SECONDS, FIRST_SEARCH_SECONDS * 2 ** searches), signal);
        searches += 1;
      }
      fromStart = true;
    }
  } finally {
    await file?.close();
  }
}

/** A file that is open, and how far it has been read. */
class AppendedFile {
  readonly own: Stats;
  readonly alarm: FileAlarm;
  private readonly handle: FileHandle;
  private readonly createLines: () => LineDecoder;
  private readonly buffer = Buffer.alloc(CHUNK_BYTES);
  private lines: LineDecoder;
  private position: number;

  constructor(
    handle: FileHandle,
    own: Stats,
    fromStart: boolean,
    { path, clock, createLines }: FollowOptions,
  ) {
    this.handle = handle;
    this.own = own;
    this.createLines = createLines;
    this.lines = createLines();
    this.position = fromStart ? 0 : own.size;
    this.alarm = createFileAlarm(path, clock);
  }

  /** Reads as far as there is something, or until `signal` aborts; `there` is what stands in its place now. */
  async readOn(there: Stats | undefined, signal: AbortSignal): Promise<void> {
    if (there !== undefined && isSameFile(there, this.own)) {
      if (there.size === this.position) return;
      if (there.size < this.position) this.startOver();
    }
    while (!signal.aborted) {
      const { bytesRead } = await this.handle.read(this.buffer, 0, CHUNK_BYTES, this.position);
      if (bytesRead === 0 || signal.aborted) return;
      this.position += bytesRead;
      this.lines.push(this.buffer.subarray(0, bytesRead));
    }
  }

  /** Another has taken its place: what stands after its last end of line is a line, too. */
  async end(): Promise<void> {
    this.lines.end();
    await this.close();
  }

  async close(): Promise<void> {
    this.alarm.close();
    await this.handle.close();
  }

  /** It was cut short: what was left of a line is gone. */
  private startOver(): void {
    this.position = 0;
    this.lines = this.createLines();
  }
}

/** Undefined where it has gone meanwhile. */
async function openFile(options: FollowOptions, fromStart: boolean): Promise<AppendedFile | undefined> {
  const { path } = options;
  // Opening a FIFO would otherwise wait for who writes into it.
  const handle = await ifThere(path, open(path, constants.O_RDONLY | constants.O_NONBLOCK));
  if (handle === undefined) return undefined;
  const own = await handle.stat();
  if (own.isFile()) return new AppendedFile(handle, own, fromStart, options);
  await handle.close();
  throw new Error(`found no file but something else at ${path}, expected a file of text`);
}
