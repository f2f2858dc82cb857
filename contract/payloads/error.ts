import { z } from 'zod';
import { timestampSchema } from '../instant.js';

export const errorMessageSchema = z.object({
  topic: z.string().describe('the topic of the rejected message'),
  reason: z.string().describe('what was found, where, and what would be right'),
  timestamp: timestampSchema,
});
/** Why a message was rejected: `mesh/<node>/error`. */
export type ErrorMessage = z.infer<typeof errorMessageSchema>;
