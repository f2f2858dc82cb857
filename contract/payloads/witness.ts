import { z } from 'zod';
import { complexSchema } from './phase.js';

export const witnessSchema = z
  .object({
    model: complexSchema.describe('W: what the next phase is, given the present one'),
    prediction: complexSchema.describe('what W, before it learnt, said the present phase would be'),
    residual: z.number().min(0).describe('how far W moved'),
    surprise: z.number().min(0).max(1).describe('mean squared error against mean squared phase'),
    settled: z.boolean().describe('W has hardly moved for 20 steps'),
  })
  .describe('the self-model that predicts the next phase');
/** The seed's W_i = G[W_i], one step a message. */
export type WitnessMessage = z.infer<typeof witnessSchema>;
