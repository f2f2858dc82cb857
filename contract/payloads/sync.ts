import { z } from 'zod';
import { timestampSchema } from '../instant.js';

const transactionSchema = z.union([z.string().max(256), z.number()]).describe('given back in the answer');

/** What can be set at run time, with its range; null goes back to the configuration's value. */
export const syncSettingsSchema = z.strictObject({
  threshold: z.number().min(0).max(1).nullable().optional(),
  collapse: z.number().gt(0).max(1).nullable().optional(),
  rate: z.number().min(0.1).max(1000).nullable().optional().describe('global messages a second'),
});
export type SyncSettings = z.infer<typeof syncSettingsSchema>;

export const syncSetSchema = syncSettingsSchema.extend({ transaction: transactionSchema.optional() });
/** A change at run time: `mesh/sync/set`. */
export type SyncSetMessage = z.infer<typeof syncSetSchema>;

export const syncResultSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('ok'),
    data: z
      .object({ threshold: z.number(), collapse: z.number(), rate: z.number() })
      .describe('what holds now'),
    transaction: transactionSchema.optional(),
  }),
  z.object({ status: z.literal('error'), error: z.string(), transaction: transactionSchema.optional() }),
]);
/** The answer to a change: `mesh/sync/result`. */
export type SyncResultMessage = z.infer<typeof syncResultSchema>;

export const syncStatusSchema = z.object({
  state: z.enum(['online', 'offline']),
  session: z.string(),
  leader: z.boolean().optional().describe('false while another sync worker serves this mesh'),
  version: z.string().optional(),
  received: z.int().nonnegative().optional().describe('phase messages received since the start'),
  rejected: z.int().nonnegative().optional().describe('of those, not accepted'),
  stale: z
    .int()
    .nonnegative()
    .optional()
    .describe('of those, ignored because the broker had kept them (retain flag)'),
  last_rejection: z.object({ topic: z.string(), reason: z.string(), timestamp: timestampSchema }).optional(),
  clock_offsets: z
    .record(z.string(), z.number())
    .optional()
    .describe('seconds that the clocks of nodes are behind (above 0) or ahead, the 20 largest beyond 1 s'),
});
/** Whether a sync worker serves the mesh: `mesh/sync/status`. */
export type SyncStatusMessage = z.infer<typeof syncStatusSchema>;
