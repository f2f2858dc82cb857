import { z } from 'zod';
import { timestampSchema } from '../instant.js';
import { witnessSchema } from './witness.js';

export const lagSchema = z.object({
  tau: z.number().positive().describe('the lag, seconds'),
  real: z.number(),
  imag: z.number(),
  power: z.number().min(0).max(1).describe('|T|^2'),
  n_eff: z.number().min(0).describe('how many independent pairs of moving velocities stand behind it'),
});

export const resonanceMessageSchema = z.object({
  resonance: z.array(lagSchema).describe('the whole ladder of lags, ascending'),
  collapsed: z.boolean().describe('|T|^2 of the best eligible lag reached the level of collapse'),
  witness: witnessSchema.optional(),
  session: z.string().max(64).optional(),
  timestamp: timestampSchema,
});
/** A node's temporal resonance over all lags: `mesh/<node>/resonance`. */
export type ResonanceMessage = z.infer<typeof resonanceMessageSchema>;
