import { z } from 'zod';
import { timestampSchema } from '../instant.js';
import { complexSchema } from './phase.js';
import { witnessSchema } from './witness.js';

export const globalMessageSchema = z.object({
  coherence: z.number().min(0).max(1).describe("unweighted mean of the live nodes' coherence"),
  phase: complexSchema.describe("weighted mean of the live nodes' phases"),
  identity: complexSchema.nullable().describe('the phase while unified, else null'),
  threshold: z.number().min(0).max(1),
  unified: z.boolean(),
  order: z
    .object({
      magnitude: z.number().min(0).max(1),
      angle: z.number().describe('radians, -pi to pi'),
      p_chance: z.number().min(0).max(1),
    })
    .describe('how far the nodes that carry an angle agree, and whether that could be luck'),
  nodes: z.object({ live: z.int().nonnegative(), known: z.int().nonnegative() }),
  messages: z.int().nonnegative().describe('phase messages counted since the start'),
  session: z.string(),
  sequence: z.int().nonnegative(),
  timestamp: timestampSchema,
  resonance: complexSchema.optional().describe('T_sync, where a live node has a resonance'),
  collapsed: z.boolean().optional().describe('|T_sync|^2 reached the level of collapse'),
  witness: witnessSchema.optional(),
});
/** The state of the whole mesh: `mesh/global`. */
export type GlobalMessage = z.infer<typeof globalMessageSchema>;

/** Sums that add over disjoint sets of nodes: how zones, and meshes, merge. */
export const meshSumsSchema = z.object({
  nodes: z.int().nonnegative(),
  weight: z.number(),
  coherence: z.number(),
  phase: complexSchema.describe('sum of weight times phase'),
  angle: z
    .object({ nodes: z.int(), weight: z.number(), weight_squared: z.number(), direction: complexSchema })
    .describe('over the nodes that carry an angle; direction is the sum of weight times phase/|phase|'),
  resonance: z
    .object({ nodes: z.int(), weight: z.number(), sum: complexSchema })
    .optional()
    .describe('over the nodes that have a resonance T; sum is that of weight times T'),
});
export type MeshSumsMessage = z.infer<typeof meshSumsSchema>;

export const zoneMessageSchema = globalMessageSchema.extend({ sums: meshSumsSchema });
/** The state of a zone: `mesh/zone/<zone>`. */
export type ZoneMessage = z.infer<typeof zoneMessageSchema>;
