import { z } from 'zod';
import { explain, show } from '../explain.js';
import { timestampSchema } from '../instant.js';

const scalarSchema = z.object({ value: z.number(), timestamp: timestampSchema.optional() });
const pairSchema = z.object({ real: z.number(), imag: z.number(), timestamp: timestampSchema.optional() });

export const inputMessageSchema = z.union([z.number(), scalarSchema, pairSchema]);
/** One reading of a sensor: `mesh/<node>/input/<channel>`. */
export type InputMessage = z.infer<typeof inputMessageSchema>;

const EXPECTED = 'a number, {"value": number} or {"real": number, "imag": number}';
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads an input payload as text.
 *
 * @returns the message, or `reason`: what was found and what was expected, in one sentence.
 */
export function readInputMessage(text: string): { message: InputMessage } | { reason: string } {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) {
    const value = DECIMAL.test(trimmed) ? Number(trimmed) : Number.NaN;
    return Number.isFinite(value)
      ? { message: value }
      : { reason: `found ${show(trimmed)}, expected ${EXPECTED}` };
  }
  let json: unknown;
  try {
    json = JSON.parse(trimmed);
  } catch {
    return { reason: `found ${show(trimmed)}, which is not JSON, expected ${EXPECTED}` };
  }
  const schema = typeof json === 'object' && json !== null && 'real' in json ? pairSchema : scalarSchema;
  const result = schema.safeParse(json);
  return result.success ? { message: result.data } : { reason: explain(schema, json) };
}
