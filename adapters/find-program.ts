import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Finds where a program stands on a PATH, this process's own unless given; undefined where it is not on it. */
export async function findProgram(
  name: string,
  path: string = process.env.PATH ?? '',
): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter((entry) => entry !== '')) {
    const file = join(folder, name);
    const isRunnable = await access(file, constants.X_OK).then(
      async () => (await stat(file)).isFile(),
      () => false,
    );
    if (isRunnable) return file;
  }
  return undefined;
}
