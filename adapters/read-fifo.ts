import { close, constants, fstatSync, open } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import { type Clock, sleep } from '../contract/clock.js';
import { ifThere, isSameFile } from './if-there.js';
import type { LineDecoder } from './line-decoder.js';

const openFd = promisify(open);
const closeFd = promisify(close);

/** How often it is looked whether the FIFO is there, and is still the same. */
const LOOK_SECONDS = 1;

export interface FifoOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Gets a sentence when there is no FIFO, which is then waited for. */
  readonly lose: (reason: string) => void;
  /** Makes what takes the bytes of a FIFO, and of the next one when another takes its place. */
  readonly createLines: () => LineDecoder;
}

/**
 * Reads what is written into a FIFO, by one writer after another, and through its being made anew.
 *
 * @returns resolves at `signal`.
 * @throws Error in one sentence when what is there is no FIFO, or cannot be read.
 */
export async function readFifo(options: FifoOptions, signal: AbortSignal): Promise<void> {
  const { path, clock, lose } = options;
  let isMissing = false;
  while (!signal.aborted) {
    const held = await openFifo(path);
    if (held === undefined) {
      if (!isMissing) lose(`found no FIFO ${path}; it is waited for, mkfifo makes one`);
      await sleep(clock, LOOK_SECONDS, signal);
    } else {
      await hearWriters(held, options, signal).finally(() => closeFd(held));
    }
    isMissing = held === undefined;
  }
}

/**
 * Hears one writer after another, until another FIFO, or none, stands in its place.
 *
 * @param held is open all the time, so that between two of them none writes in vain.
 */
async function hearWriters(
  held: number,
  { path, clock, createLines }: FifoOptions,
  signal: AbortSignal,
): Promise<void> {
  const own = fstatSync(held);
  const over = new AbortController();
  const end = (): void => over.abort();
  const look = async (): Promise<void> => {
    if (!isSameFile(await stat(path), own)) end();
  };
  const unwatch = clock.every(LOOK_SECONDS, () => void look().catch(end));
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const lines = createLines();
  try {
    while (!over.signal.aborted) {
      const fd = await openFifo(path);
      if (fd === undefined) return;
      await hearWriter(fd, lines, over.signal);
    }
  } finally {
    unwatch();
    signal.removeEventListener('abort', end);
  }
}

/** Resolves when whoever writes has closed the FIFO, or at `signal`. */
async function hearWriter(fd: number, lines: LineDecoder, signal: AbortSignal): Promise<void> {
  const socket = new Socket({ fd, readable: true, writable: false });
  const end = (): void => void socket.destroy();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    for await (const chunk of socket) lines.push(chunk);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/**
 * Opens it without waiting for a writer; undefined where there is none.
 *
 * @returns a bare descriptor, since a FileHandle would close it behind the socket's back.
 * @see man 7 fifo
 */
async function openFifo(path: string): Promise<number | undefined> {
  const fd = await ifThere(path, openFd(path, constants.O_RDONLY | constants.O_NONBLOCK));
  if (fd === undefined || fstatSync(fd).isFIFO()) return fd;
  await closeFd(fd);
  throw new Error(`found no FIFO but something else at ${path}, expected what mkfifo makes`);
}
