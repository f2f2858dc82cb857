import { z } from 'zod';
import type { Reading } from '../contract/adapters.js';
import { show } from '../contract/explain.js';
import type { Instant } from '../contract/instant.js';
import { createJsonPath, jsonPathSchema } from './json-path.js';
import { MEASURED_AT, readMeasuredAt } from './measured-at.js';
import { createValueReader, valueOptions } from './value-reader.js';

/** The options of every input that makes readings of somebody else's messages. */
export const messageOptions = {
  ...valueOptions,
  time_path: jsonPathSchema
    .optional()
    .describe('where a JSON message says when its value was measured; its arrival unless given'),
  where: z
    .record(jsonPathSchema, z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('what must stand at which paths of a JSON message; others are passed over: { type: ticker }'),
};
export type MessageOptions = z.output<z.ZodObject<typeof messageOptions>>;

/** A reading out of a message, or why there is none; null for a message that `where` passes over. */
export type ReadMessage = { readonly reading: Reading } | { readonly reason: string } | null;

/** Makes a function that reads the value, and where there is a path for it the time, out of a message's text. */
export function createMessageReader(options: MessageOptions): (text: string) => ReadMessage {
  const readValue = createValueReader(options);
  const isMeant = createFilter(options.where);
  const readTime = createTimeReader(options.time_path);
  const isJson = options.time_path !== undefined || Object.keys(options.where).length > 0;
  return (text) => {
    const message = isJson ? parseDocument(text) : text;
    if (message === null) return { reason: `found ${show(text)}, expected a JSON document` };
    if (!isMeant(message)) return null;
    const time = readTime(message);
    if ('reason' in time) return time;
    const read = readValue(message);
    return 'reason' in read ? read : { reading: { value: read.value, ...time } };
  };
}

function createFilter(where: MessageOptions['where']): (message: unknown) => boolean {
  const conditions = Object.entries(where).map(([path, wanted]) => {
    const find = createJsonPath(path);
    return (message: unknown) => String(find(message)) === String(wanted);
  });
  return (message) => conditions.every((holds) => holds(message));
}

/** Finds when a message's value was measured: nothing where there is no path for it, or what is wrong with it. */
function createTimeReader(
  path: string | undefined,
): (message: unknown) => { readonly at?: Instant } | { readonly reason: string } {
  if (path === undefined) return () => ({});
  const find = createJsonPath(path);
  return (message) => {
    const found = find(message);
    const at = readMeasuredAt(found);
    return at === null ? { reason: `${path}: found ${show(found)}, expected ${MEASURED_AT}` } : { at };
  };
}

/** The object or the list that a text is; null where it is none. */
function parseDocument(text: string): object | null {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === 'object' ? document : null;
  } catch {
    return null;
  }
}
