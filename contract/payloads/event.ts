import { z } from 'zod';
import { timestampSchema } from '../instant.js';
import { complexSchema } from './phase.js';

const common = { timestamp: timestampSchema, session: z.string().describe('of the sync worker') };
const emergence = {
  coherence: z.number(),
  threshold: z.number(),
  phase: complexSchema,
  nodes: z.object({ live: z.int(), known: z.int() }),
};

export const eventMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('emerged'), ...emergence, ...common }),
  z.object({ type: z.literal('dissolved'), ...emergence, ...common }),
  z.object({ type: z.literal('node_joined'), node: z.string(), ...common }),
  z.object({
    type: z.literal('node_left'),
    node: z.string(),
    reason: z.enum(['silent', 'offline']),
    ...common,
  }),
]);
/** Something that happened: `mesh/event`. */
export type EventMessage = z.infer<typeof eventMessageSchema>;
