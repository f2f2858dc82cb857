import { z } from 'zod';

export const agentMessageSchema = z.object({
  state: z.enum(['online', 'offline']),
  session: z.string().max(64),
  nodes: z.array(z.string().max(64)).max(100_000),
});
/** Which nodes an agent serves: `mesh/agent/<agent>`. */
export type AgentMessage = z.infer<typeof agentMessageSchema>;
