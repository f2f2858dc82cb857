import { z } from 'zod';

export const nodeSetSchema = z.strictObject({
  tau_base: z.number().positive().max(31_622_400).optional().describe('seconds'),
  alpha: z
    .number()
    .gt(0)
    .max(1)
    .nullable()
    .optional()
    .describe('a constant share of each reading; null goes back to tau_base'),
  oscillator: z
    .strictObject({
      frequency: z.number().min(-1000).max(1000).optional().describe('natural frequency, hertz'),
      coupling: z.number().min(-1e6).max(1e6).optional().describe('K, radians a second'),
    })
    .optional(),
});
/** Changes a node at run time: `mesh/<node>/set`. */
export type NodeSetMessage = z.infer<typeof nodeSetSchema>;
