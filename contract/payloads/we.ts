import { z } from 'zod';
import { timestampSchema } from '../instant.js';
import { complexSchema } from './phase.js';

export const weMessageSchema = z.object({
  strength: z
    .number()
    .min(0)
    .max(1)
    .describe('|bond|, the phase-locking value; 1 for two that stand still, too'),
  centred_strength: z.number().min(0).max(1).describe('what their movements alone share'),
  lag: z.number().describe('radians, -pi to pi: how far the first is ahead of the second'),
  phase: complexSchema.describe('(z_a + z_b)/2'),
  emerged: z.boolean().describe('whether the pair is a WE'),
  session: z.string(),
  timestamp: timestampSchema,
});
/** The bond of two nodes: `mesh/we/<a>/<b>`, a < b. */
export type WeMessage = z.infer<typeof weMessageSchema>;
