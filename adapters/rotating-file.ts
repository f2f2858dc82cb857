import { appendFile, rename, stat } from 'node:fs/promises';
import { reasonOf } from '../contract/errors.js';

export interface Rotation {
  /** A file that has reached so many bytes is put aside as `.1`; never if 0. */
  readonly atBytes: number;
  /** How many are kept beside the one that is written; at least 1. */
  readonly keep: number;
}

/**
 * Makes a function that appends a line to a file. The file is opened for each line, so that it may be taken away by
 * others, or appear later.
 *
 * @returns a function that rejects with a sentence when it cannot; calls must not overlap.
 */
export function createRotatingFile(
  path: string,
  { atBytes, keep }: Rotation,
): (line: string) => Promise<void> {
  return async (line) => {
    try {
      if (atBytes > 0 && (await sizeOf(path)) >= atBytes) await rotate(path, keep);
      await appendFile(path, line);
    } catch (error) {
      throw new Error(`cannot append to ${path}: ${reasonOf(error)}`, { cause: error });
    }
  };
}

async function rotate(path: string, keep: number): Promise<void> {
  for (let number = keep - 1; number >= 1; number -= 1) {
    await rename(`${path}.${number}`, `${path}.${number + 1}`).catch(() => {});
  }
  await rename(path, `${path}.1`);
}

function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
