import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { z } from 'zod';
import type { InputContext, Probe } from '../contract/adapters.js';
import { reasonOf } from '../contract/errors.js';
import { followFile } from './follow-file.js';
import { hearUntil } from './hear-until.js';
import { ifThere } from './if-there.js';
import { createLineDecoder, lineTooLong, MOST_LINE_CHARACTERS } from './line-decoder.js';
import { readFifo } from './read-fifo.js';
import { readStream } from './read-stream.js';

import { topicOption } from './topic-option.js';

const STANDARD_INPUT = 'standard input';

export const lineSourceOptions = {
  file: z.string().min(1).optional().describe('a file to which lines are appended, such as a log'),
  fifo: z.string().min(1).optional().describe('a FIFO into which lines are written'),
  stdin: z.boolean().default(false).describe("read this process's standard input"),
  topic: topicOption.optional().describe('an MQTT topic whose messages are texts'),
  from_start: z.boolean().default(false).describe('read what the file holds at the start, too'),
};
export type LineSourceOptions = z.output<z.ZodObject<typeof lineSourceOptions>>;

/** What is wrong with the options together, in a sentence; null when nothing is. */
export function lineSourceFault({ file, fifo, stdin, topic }: LineSourceOptions): string | null {
  const given = Object.entries({ file, fifo, stdin: stdin || undefined, topic })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (given.length === 1) return null;
  const found = given.length === 0 ? 'no source' : given.join(' and ');
  return `found ${found}, expected one of file, fifo, stdin and topic`;
}

/** Whether the source is there, in words. */
export async function probeLineSource(options: LineSourceOptions): Promise<Probe> {
  const { file, fifo, topic } = options;
  const fault = lineSourceFault(options);
  if (fault !== null) return { ok: false, reason: fault };
  if (topic !== undefined) return { ok: true, detail: `the topic ${topic}` };
  const path = file ?? fifo;
  if (path === undefined) return { ok: true, detail: STANDARD_INPUT };
  try {
    const there = await ifThere(path, stat(path));
    if (there === undefined) return { ok: true, detail: `${path}, which is not there yet and is waited for` };
    const isKind = file === undefined ? there.isFIFO() : there.isFile();
    const expected = file === undefined ? 'what mkfifo makes' : 'a file of text';
    if (!isKind) return { ok: false, reason: `found something else at ${path}, expected ${expected}` };
    await ifThere(path, access(path, constants.R_OK));
    return { ok: true, detail: path };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

/**
 * Hands on each line of a source as it comes, and each message of a topic as a whole.
 *
 * @param take is not called once `signal` has aborted.
 * @returns resolves at `signal`.
 * @throws Error in one sentence when the source has died, or is none.
 */
export async function readLines(
  options: LineSourceOptions,
  context: InputContext,
  take: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const fault = lineSourceFault(options);
  if (fault !== null) throw new Error(fault);
  const { file, fifo, topic, from_start: fromStart } = options;
  const { clock, lose, reject } = context;
  const line = (text: string): void => {
    if (!signal.aborted) take(text);
  };
  const linesOf = (place: string) => () => createLineDecoder(place, { line, reject });
  if (file !== undefined) {
    return followFile({ path: file, fromStart, clock, lose, createLines: linesOf(file) }, signal);
  }
  if (fifo !== undefined) {
    return readFifo({ path: fifo, clock, lose, createLines: linesOf(fifo) }, signal);
  }
  if (topic !== undefined) return hearTexts(topic, context, line, signal);
  return readStream(process.stdin, STANDARD_INPUT, linesOf(STANDARD_INPUT)(), signal);
}

async function hearTexts(
  filter: string,
  context: InputContext,
  take: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  await hearUntil(signal, context, filter, ({ topic, text }) => {
    if (text.length > MOST_LINE_CHARACTERS) context.reject(lineTooLong(topic));
    else take(text);
  });
  if (!signal.aborted) await once(signal, 'abort');
}
