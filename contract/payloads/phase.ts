import { z } from 'zod';
import { timestampSchema } from '../instant.js';

/** How far past its bound a magnitude may round before it is a fault. */
const TOLERANCE = 1e-9;
const LARGEST_SQUARE = (1 + TOLERANCE) ** 2;

/** A complex number. */
export const complexSchema = z.object({ real: z.number(), imag: z.number() });
export type Complex = z.infer<typeof complexSchema>;

/** A complex number in the closed unit disc. */
export const unitComplexSchema = complexSchema
  .refine(({ real, imag }) => real * real + imag * imag <= LARGEST_SQUARE, 'a phase of magnitude at most 1')
  .describe('a complex number of magnitude at most 1');

/** A number in [0, 1], give or take rounding. */
export const unitIntervalSchema = z
  .number()
  .min(-TOLERANCE, 'a number from 0 to 1')
  .max(1 + TOLERANCE, 'a number from 0 to 1');

export const phaseMessageSchema = z.object({
  node_id: z.string().optional().describe("the topic's <node> unless given, and equal to it if given"),
  phase: unitComplexSchema.describe("the node's local phase: real and imag, magnitude at most 1"),
  coherence: unitIntervalSchema.optional().describe('0 to 1; |phase| unless given'),
  timestamp: timestampSchema.optional().describe('ISO 8601 or Unix seconds; the arrival unless given'),
  session: z.string().max(64).optional().describe('random at each start of the publisher'),
  sequence: z.int().nonnegative().optional().describe('counts up by one a message within a session'),
  encoder: z.string().max(64).optional().describe('how the phase was made; pair unless given'),
  resonance: complexSchema
    .extend({ tau: z.number().positive() })
    .refine(
      ({ real, imag }) => real * real + imag * imag <= LARGEST_SQUARE,
      'a resonance of magnitude at most 1',
    )
    .optional()
    .describe('the temporal resonance T at its best eligible lag tau (seconds)'),
  collapsed: z.boolean().optional().describe('|T|^2 reached the level of collapse'),
});
/** What a node says of itself: `mesh/<node>/phase`. */
export type PhaseMessage = z.infer<typeof phaseMessageSchema>;
