import type { z } from 'zod';
import { explain, show } from './explain.js';

/** A payload as UTF-8 text. */
export function textOf(payload: Uint8Array): string {
  return Buffer.isBuffer(payload)
    ? payload.toString('utf8')
    : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');
}

/** A message, or why there is none, in one sentence. */
export type Read<Message> = { readonly message: Message } | { readonly reason: string };

/** Why a payload is too large, in a sentence; null when it is not. */
export function sizeFault({ length }: Uint8Array, mostBytes: number): string | null {
  return length > mostBytes ? `found ${length} bytes, expected at most ${mostBytes}` : null;
}

/**
 * Reads a JSON payload at the wire.
 *
 * @param mostBytes a larger payload is refused before it is parsed, so that one publisher cannot slow the others.
 * @returns the message, or `reason`: what was found, where, and what would be right, in one sentence.
 */
export function readJson<Schema extends z.ZodType>(
  schema: Schema,
  payload: Uint8Array,
  mostBytes: number,
): Read<z.output<Schema>> {
  const tooLarge = sizeFault(payload, mostBytes);
  if (tooLarge !== null) return { reason: tooLarge };
  const text = textOf(payload);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { reason: `found ${show(text)}, which is not JSON, expected a JSON object` };
  }
  const result = schema.safeParse(json);
  return result.success ? { message: result.data } : { reason: explain(schema, json) };
}
