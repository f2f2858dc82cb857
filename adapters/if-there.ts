import type { Stats } from 'node:fs';
import { reasonOf } from '../contract/errors.js';

/**
 * What is done with a path, or undefined where nothing stands there.
 *
 * @throws Error in one sentence when it fails otherwise.
 */
export async function ifThere<Result>(path: string, work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Whether it is the same file as one of which a handle is held, so that its number is not given to another. */
export function isSameFile(there: Stats, held: Stats): boolean {
  return there.ino === held.ino && there.dev === held.dev;
}
