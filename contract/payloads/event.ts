import { z } from 'zod';
import { timestampSchema } from '../instant.js';
import { complexSchema } from './phase.js';

const common = { timestamp: timestampSchema, session: z.string().describe('of the sync worker') };
const emergence = {
  coherence: z.number(),
  threshold: z.number(),
  phase: complexSchema,
  nodes: z.object({ live: z.int(), known: z.int() }),
  before: z.number().describe('coherence at the message before'),
  moved: z
    .array(z.object({ node: z.string(), by: z.number() }))
    .max(5)
    .describe('the nodes that moved coherence most since then, and how much each did'),
};
const collapse = { resonance: complexSchema, collapse: z.number().describe('the level of |resonance|^2') };
const bond = { nodes: z.tuple([z.string(), z.string()]), strength: z.number(), centred_strength: z.number() };

export const eventMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('emerged'), ...emergence, ...common }),
  z.object({ type: z.literal('dissolved'), ...emergence, ...common }),
  z.object({ type: z.literal('collapsed'), ...collapse, ...common }),
  z.object({ type: z.literal('released'), ...collapse, ...common }),
  z.object({ type: z.literal('we_formed'), ...bond, ...common }),
  z.object({ type: z.literal('we_parted'), ...bond, ...common }),
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
