import { z } from 'zod';
import { timestampSchema } from '../instant.js';

export const outputStatusSchema = z.object({
  adapter: z.string(),
  source: z.string().describe('what it follows: global, or zone/<zone>'),
  state: z.enum(['starting', 'ok', 'degraded']).describe('starting, ok, or degraded: the reason says why'),
  reason: z.string().optional().describe('what is wrong, in one sentence'),
  quiet: z.string().nullable().describe('why it is quiet, in one sentence; null while it acts'),
  states: z.int().min(0).describe('states that it acted on since the start'),
  events: z.int().min(0).describe('events that it took since then'),
  failures: z.int().min(0).describe('what went wrong since then'),
  session: z.string().max(64),
  timestamp: timestampSchema,
});
/** How an output is: `mesh/output/<name>/status`. */
export type OutputStatus = z.infer<typeof outputStatusSchema>;

/** What an output says to people: `mesh/output/<name>/text`. */
export const outputTextSchema = z.string();
