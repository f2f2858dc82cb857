import { type FileHandle, open, stat } from 'node:fs/promises';
import { reasonOf } from '../contract/errors.js';
import { createLineSplitter } from './line-splitter.js';

/** A line of a file: its text, or null where it is longer than any line should be. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string | null;
}

const CHUNK_BYTES = 64 * 1024;
const LONGEST_LINE = 64 * 1024;

/**
 * Reads a file of UTF-8 line by line, in memory for one chunk and one line, however long it is.
 *
 * @throws Error with a sentence when it cannot be read, or is no file.
 */
export async function* readTextLines(path: string): AsyncGenerator<TextLine> {
  const file = await openFile(path);
  const lines: TextLine[] = [];
  let number = 1;
  const add = (text: string | null): void => {
    lines.push({ number, text });
    number += 1;
  };
  const splitter = createLineSplitter(LONGEST_LINE, add, () => add(null));
  try {
    for await (const chunk of readChunks(file)) {
      splitter.push(chunk);
      yield* lines.splice(0);
    }
    splitter.end();
    yield* lines;
  } finally {
    await file.close();
  }
}

/** A pipe is not opened: that would wait until somebody writes to it. */
async function openFile(path: string): Promise<FileHandle> {
  try {
    if (!(await stat(path)).isFile()) throw new Error('it is not a file');
    return await open(path, 'r');
  } catch (error) {
    throw new Error(`cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

async function* readChunks(file: FileHandle): AsyncGenerator<string> {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  const decoder = new TextDecoder();
  for (;;) {
    const { bytesRead } = await file.read(buffer);
    if (bytesRead === 0) break;
    yield decoder.decode(buffer.subarray(0, bytesRead), { stream: true });
  }
  yield decoder.decode();
}
