import { z } from 'zod';

/** States or events, or a list of both. */
export const kindsOption = z
  .union([z.enum(['states', 'events']), z.array(z.enum(['states', 'events'])).min(1)], {
    error: 'states or events, or a list of them',
  })
  .transform((kinds) => (typeof kinds === 'string' ? [kinds] : kinds));
