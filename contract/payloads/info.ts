import { z } from 'zod';
import { plainNameSchema, zoneNameSchema } from '../names.js';
import { inputStateSchema } from './status.js';

/** The bare words of `mesh/<node>/availability`. */
export const availabilitySchema = z.enum(['online', 'offline']);
export type Availability = z.infer<typeof availabilitySchema>;

/** The layout of the payloads that a birth announces. */
export const SCHEMA_VERSION = 1;

export const infoMessageSchema = z.object({
  schema: z.int().positive().default(SCHEMA_VERSION).describe('version of the payload layout'),
  session: z.string().max(64).optional().describe('random at each start of the publisher'),
  via: plainNameSchema.optional().describe('the agent whose connection carries this node'),
  adopted: z.boolean().optional().describe('true when the agent serves it only because nobody else did'),
  hardware: z.string().max(64).optional(),
  tau_base: z.number().positive().optional().describe('seconds'),
  tau_max: z.number().positive().optional().describe('seconds'),
  interval: z.number().positive().max(86_400).optional().describe('seconds between phase messages'),
  capabilities: z.array(z.string().max(64)).max(64).optional(),
  zone: zoneNameSchema.optional(),
  inputs: z
    .record(
      plainNameSchema,
      z.object({
        adapter: z.string(),
        encoder: z.string(),
        state: inputStateSchema.optional(),
        reason: z.string().optional().describe('why it is degraded'),
      }),
    )
    .optional(),
  version: z.string().max(64).optional().describe('software version'),
});
/** A node's birth: `mesh/<node>/info`. */
export type InfoMessage = z.infer<typeof infoMessageSchema>;
