import { readFile as readFileWithCallback } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Costs half of what node:fs/promises does, and some files are read ten times a second. */
export const readFile = promisify(readFileWithCallback);

/** Reads that are under way, by path: a device that hangs must not take a thread of Node's for each try. */
const pending = new Map<string, Promise<string>>();

/** The paths of the files called like `pattern` in the devices of a folder of /sys, in their natural order. */
export async function attributesIn(folder: string, pattern: RegExp): Promise<string[]> {
  const devices = await namesIn(folder);
  const files = devices.map(async (device) => {
    const names = await namesIn(join(folder, device));
    return names.filter((name) => pattern.test(name)).map((name) => join(folder, device, name));
  });
  return (await Promise.all(files)).flat();
}

/** What stands in a folder, 2 before 10; nothing where there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** The text of an attribute that need not be there, trimmed; null where it is not. */
export async function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
}

/** What the device of an attribute is called: by its driver in the attribute `name`, and by its folder. */
export async function deviceNames(attribute: string): Promise<readonly [string, ...string[]]> {
  const folder = dirname(attribute);
  const name = await textOf(join(folder, 'name'));
  return name ? [name, basename(folder)] : [basename(folder)];
}

/** A plain decimal number such as -12 or 101.325; NaN when the text is none. */
export function decimalOf(text: string): number {
  return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
}

/**
 * Reads a file of which only one read is under way at a time: whoever asks meanwhile gets the same text.
 *
 * @param read reads it; right away unless given.
 */
export function readShared(
  path: string,
  read: () => Promise<string> = () => readFile(path, 'utf8'),
): Promise<string> {
  const underWay = pending.get(path);
  if (underWay !== undefined) return underWay;
  const reading = read().finally(() => pending.delete(path));
  pending.set(path, reading);
  return reading;
}
