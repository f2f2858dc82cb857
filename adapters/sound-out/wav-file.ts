import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Clock } from '../../contract/clock.js';
import { reasonOf } from '../../contract/errors.js';
import { Pace } from './pace.js';
import type { SoundSink } from './sound-sink.js';
import { MOST_WAV_DATA_BYTES, WAV_HEADER_BYTES, wavHeader } from './wav-format.js';

const FLUSH_SECONDS = 0.05;
/** A disk that is slower than sound for so long misses what comes then. */
const MOST_WAITING_SECONDS = 2;
/** So far the file is ahead of the clock, so that no state is heard in it before it was there. */
const AHEAD_SECONDS = 0.02;
/** How much time is made up for when this process could not run, so that the file stays in step with the clock. */
const CATCH_UP_SECONDS = 1;

/**
 * Opens a WAV file to write sound into as it sounds; one that is there already is written on. Its header is right
 * whenever it is looked at: sound is written first, and then the length, 20 times a second.
 *
 * @throws Error in one sentence when it cannot be written, or holds something else.
 */
export async function openWavFile(path: string, rateHz: number, clock: Clock): Promise<SoundSink> {
  const file = await openFile(path);
  try {
    const dataBytes = await dataBytesOf(file, rateHz);
    await writeAll(file, wavHeader(rateHz, dataBytes), 0);
    return new WavFile({ path, rateHz, clock, file, dataBytes });
  } catch (error) {
    await file.close();
    throw new Error(`cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDWR | constants.O_CREAT);
  } catch (error) {
    throw new Error(`cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/** How much sound it holds. */
async function dataBytesOf(file: FileHandle, rateHz: number): Promise<number> {
  const stats = await file.stat();
  if (!stats.isFile()) throw new Error('found no plain file');
  if (stats.size === 0) return 0;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(WAV_HEADER_BYTES), 0, WAV_HEADER_BYTES, 0);
  const dataBytes = buffer.readUInt32LE(WAV_HEADER_BYTES - 4);
  const isOurs = bytesRead === WAV_HEADER_BYTES && dataBytes <= MOST_WAV_DATA_BYTES;
  if (isOurs && dataBytes % 2 === 0 && buffer.equals(wavHeader(rateHz, dataBytes))) return dataBytes;
  throw new Error(
    `found another file there, expected none, or a WAV file of one channel, 16 bits and ${rateHz} Hz`,
  );
}

interface WavFileState {
  readonly path: string;
  readonly rateHz: number;
  readonly clock: Clock;
  readonly file: FileHandle;
  dataBytes: number;
}

class WavFile implements SoundSink {
  readonly ended: Promise<string>;
  private readonly state: WavFileState;
  private readonly pace: Pace;
  private readonly cancelFlush: () => void;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private flushing: Promise<void> | undefined;
  private end: (reason: string) => void = () => {};

  constructor(state: WavFileState) {
    const { clock, rateHz } = state;
    this.state = state;
    this.pace = new Pace(clock, { rateHz, aheadSeconds: AHEAD_SECONDS, catchUpSeconds: CATCH_UP_SECONDS });
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
    this.cancelFlush = clock.every(FLUSH_SECONDS, () => void this.flush());
  }

  get wanted(): number {
    return this.waitingBytes > MOST_WAITING_SECONDS * 2 * this.state.rateHz ? 0 : this.pace.due;
  }

  write(pcm: Buffer): void {
    this.pace.give(pcm.length / 2);
    this.waiting.push(pcm);
    this.waitingBytes += pcm.length;
  }

  async close(): Promise<void> {
    this.cancelFlush();
    await this.flush();
    await this.state.file.close().catch(() => {});
  }

  private flush(): Promise<void> {
    this.flushing ??= this.append()
      .catch((error) => this.end(`cannot write ${this.state.path}: ${reasonOf(error)}`))
      .finally(() => {
        this.flushing = undefined;
      });
    return this.flushing;
  }

  private async append(): Promise<void> {
    const { state } = this;
    while (this.waiting.length > 0) {
      const chunk = Buffer.concat(this.waiting);
      this.waiting = [];
      this.waitingBytes = 0;
      if (state.dataBytes + chunk.length > MOST_WAV_DATA_BYTES) {
        throw new Error('it is full, a WAV file holds at most 4 GiB; name another');
      }
      await writeAll(state.file, chunk, WAV_HEADER_BYTES + state.dataBytes);
      state.dataBytes += chunk.length;
      await writeAll(state.file, wavHeader(state.rateHz, state.dataBytes), 0);
    }
  }
}

/** One call may write less than it is given, as on a disk that is nearly full. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}
