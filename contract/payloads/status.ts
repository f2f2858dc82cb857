import { z } from 'zod';
import { timestampSchema } from '../instant.js';
import { plainNameSchema } from '../names.js';
import { complexSchema } from './phase.js';

/** How an input is: before its first reading; reading; or with a reason why not. */
export const inputStateSchema = z.enum(['starting', 'ok', 'degraded']);
export type InputState = z.infer<typeof inputStateSchema>;

export const inputStatusSchema = z.object({
  adapter: z.string(),
  encoder: z.string(),
  state: inputStateSchema.describe('starting, ok, or degraded: the reason says why'),
  reason: z.string().optional().describe('what is wrong, in one sentence'),
  z: complexSchema.nullable().describe('where its latest reading stands; null while it does not count'),
  weight: z.number().describe("among the node's inputs"),
  rate: z.number().min(0).describe('readings a second, over the last seconds'),
  readings: z.int().min(0).describe('taken since the start of the agent'),
  errors: z.int().min(0).describe('readings refused and sources lost since then'),
  last: z
    .object({ value: z.number(), imag: z.number().optional(), timestamp: timestampSchema })
    .optional()
    .describe('the latest reading'),
});
export type InputStatus = z.infer<typeof inputStatusSchema>;

export const statusMessageSchema = z.object({
  live: z.boolean().describe('false when none of its inputs has a source: the node then publishes no phase'),
  inputs: z.record(plainNameSchema, inputStatusSchema),
  session: z.string().max(64),
  timestamp: timestampSchema,
});
/** How a node's inputs are: `mesh/<node>/status`. */
export type StatusMessage = z.infer<typeof statusMessageSchema>;
