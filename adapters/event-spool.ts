import { join } from 'node:path';
import { reasonOf } from '../contract/errors.js';
import { openSpoolCursor, type SpoolCursor, type SpoolPosition } from './spool-cursor.js';
import { holdFolder } from './spool-holder.js';
import { encodeRecord, type SpoolRecord } from './spool-record.js';
import {
  appendRecords,
  createSegment,
  findSegments,
  recordsFrom,
  removeSegment,
  type SpoolSegment,
} from './spool-segments.js';

const LARGEST_SEGMENT_BYTES = 1024 * 1024;
/** A full spool loses its oldest segment: so large a share of it. */
const FEWEST_SEGMENTS = 16;

export interface EventSpoolOptions {
  /** Its own, made if it is not there. */
  readonly folder: string;
  /** What its records may take of the disk. */
  readonly limitBytes: number;
  /** Called with how many of the oldest records had to go undelivered. */
  dropped(records: number): void;
  /** Called with how many bytes of its files are not what was written, and had to be passed over. */
  damaged(bytes: number): void;
}

/** A record to be delivered. */
export interface SpooledEvent {
  readonly text: string;
  /** Where the record after it stands. */
  readonly next: SpoolPosition;
}

/**
 * Keeps lines of text on the disk until they have been delivered, in their order: in segments that are only appended
 * to, and a cursor. What is delivered is forgotten; who dies in between delivers the last one again.
 *
 * @throws Error with a sentence when the folder cannot be used.
 */
export async function openEventSpool(options: EventSpoolOptions): Promise<EventSpool> {
  const { folder } = options;
  const release = await holdFolder(folder);
  try {
    const segments = await findSegments(folder);
    const cursor = await openSpoolCursor(join(folder, 'cursor'));
    const spool = new EventSpool(options, segments, cursor, release);
    await spool.recover();
    return spool;
  } catch (error) {
    release();
    throw new Error(`cannot keep events in ${folder}: ${reasonOf(error)}`, { cause: error });
  }
}

interface Append {
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class EventSpool {
  private readonly options: EventSpoolOptions;
  private readonly cursor: SpoolCursor;
  private readonly release: () => void;
  /** The oldest first; the newest is appended to. */
  private segments: SpoolSegment[];
  private position: SpoolPosition = { segment: 0, byte: 0 };
  /** Read already, from the position on. */
  private ahead: SpoolRecord[] = [];
  private pending: Append[] = [];
  private newestIsDoubtful = false;
  private turn: Promise<unknown> = Promise.resolve();
  private wake = (): void => {};
  private isClosed = false;

  constructor(
    options: EventSpoolOptions,
    segments: SpoolSegment[],
    cursor: SpoolCursor,
    release: () => void,
  ) {
    this.options = options;
    this.segments = segments;
    this.cursor = cursor;
    this.release = release;
  }

  /** Records that are still to be delivered. */
  get waiting(): number {
    return this.segments.reduce((sum, { records }) => sum + records, 0);
  }

  /**
   * Resolves once the text is on the disk; those that are appended meanwhile go there together.
   *
   * @param text without a line break.
   * @throws Error with a sentence when it cannot be written.
   */
  append(text: string): Promise<void> {
    const line = encodeRecord(text);
    return new Promise((resolve, reject) => {
      if (this.isClosed) return reject(new Error(`the spool in ${this.options.folder} is closed`));
      this.pending.push({ line, resolve, reject });
      if (this.pending.length === 1) void this.inTurn(() => this.flush());
    });
  }

  /**
   * The oldest record that has not been delivered, once there is one; undefined when `signal` aborts before.
   *
   * @throws Error with a sentence when it cannot be read.
   */
  async next(signal: AbortSignal): Promise<SpooledEvent | undefined> {
    while (!signal.aborted) {
      const event = await this.inTurn(() => this.peek());
      if (event !== undefined) return event;
      if (this.waiting === 0) await this.appended(signal);
    }
    return undefined;
  }

  /** Forgets a record that `next` gave, which has been delivered. */
  delivered({ next }: SpooledEvent): Promise<void> {
    return this.inTurn(async () => {
      // One that had to be dropped meanwhile is behind us.
      if (next.segment !== this.position.segment) return;
      this.ahead.shift();
      this.position = next;
      const segment = this.segments[0];
      if (segment !== undefined) segment.records -= 1;
      await this.cursor.move(next);
    });
  }

  /** Resolves once what was to be written has been. */
  close(): Promise<void> {
    if (this.isClosed) return this.turn.then(() => {});
    this.isClosed = true;
    return this.inTurn(async () => {
      await this.cursor.close();
      this.release();
    });
  }

  /** Forgets what had been delivered before the process ended. */
  async recover(): Promise<void> {
    const kept = this.cursor.kept ?? this.position;
    const isPast = ({ number }: SpoolSegment): boolean => number < kept.segment;
    for (const segment of this.segments.filter(isPast)) await removeSegment(segment);
    this.segments = this.segments.filter((segment) => !isPast(segment));
    const [oldest] = this.segments;
    // A newer segment has to have a number that has not been delivered.
    if (oldest === undefined) this.position = kept;
    else if (oldest.number !== kept.segment) this.position = { segment: oldest.number, byte: 0 };
    else {
      this.position = { segment: kept.segment, byte: Math.min(kept.byte, oldest.bytes) };
      oldest.records = (await recordsFrom(oldest, this.position.byte)).length;
    }
    // It has its place on the disk then, however full that gets.
    await this.cursor.move(this.position);
  }

  /** One at a time touches the files. */
  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => {});
    return result;
  }

  private async flush(): Promise<void> {
    const batch = this.pending;
    this.pending = [];
    try {
      await this.write(batch.map(({ line }) => line));
    } catch (error) {
      this.newestIsDoubtful = true;
      const reason = `cannot keep events in ${this.options.folder}: ${reasonOf(error)}`;
      for (const { reject } of batch) reject(new Error(reason, { cause: error }));
      return;
    }
    for (const { resolve } of batch) resolve();
    this.wake();
  }

  private async write(lines: readonly string[]): Promise<void> {
    const addedBytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
    const newest = await this.newest();
    while (this.segments.length > 1 && this.bytes + addedBytes > this.options.limitBytes) {
      await this.dropOldest();
    }
    await appendRecords(newest, lines);
  }

  private get bytes(): number {
    return this.segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The segment to append to: another when that is full, or when nobody knows what a failed write left there. */
  private async newest(): Promise<SpoolSegment> {
    const { folder, limitBytes } = this.options;
    const fullBytes = Math.min(LARGEST_SEGMENT_BYTES, limitBytes / FEWEST_SEGMENTS);
    const newest = this.segments.at(-1);
    if (newest !== undefined && newest.bytes < fullBytes && !this.newestIsDoubtful) return newest;
    if (newest?.bytes === 0) this.segments.pop();
    const number = newest?.bytes === 0 ? newest.number : (newest?.number ?? this.position.segment) + 1;
    const segment = await createSegment(folder, number);
    if (this.segments.length === 0) this.position = { segment: number, byte: 0 };
    this.segments.push(segment);
    this.newestIsDoubtful = false;
    return segment;
  }

  private async dropOldest(): Promise<void> {
    const oldest = this.segments[0];
    await this.leaveOldest();
    if (oldest !== undefined && oldest.records > 0) this.options.dropped(oldest.records);
  }

  /** Goes on with the second segment. */
  private async leaveOldest(): Promise<void> {
    const [oldest, second] = this.segments;
    if (oldest === undefined || second === undefined) return;
    this.segments.shift();
    this.ahead = [];
    this.position = { segment: second.number, byte: 0 };
    await this.cursor.move(this.position);
    await removeSegment(oldest);
  }

  private async peek(): Promise<SpooledEvent | undefined> {
    for (;;) {
      const oldest = this.segments[0];
      if (oldest === undefined) return undefined;
      if (this.ahead.length === 0) this.ahead = await recordsFrom(oldest, this.position.byte);
      const record = this.ahead[0];
      if (record !== undefined) {
        this.passOver(record);
        return { text: record.text, next: { segment: oldest.number, byte: record.endByte } };
      }
      if (this.segments.length === 1) {
        oldest.records = 0;
        return undefined;
      }
      await this.leaveOldest();
    }
  }

  private passOver({ startByte }: SpoolRecord): void {
    const { segment, byte } = this.position;
    if (startByte === byte) return;
    this.position = { segment, byte: startByte };
    this.options.damaged(startByte - byte);
  }

  private appended(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.wake = () => {
        signal.removeEventListener('abort', this.wake);
        this.wake = () => {};
        resolve();
      };
      signal.addEventListener('abort', this.wake, { once: true });
      if (signal.aborted) this.wake();
    });
  }
}
