import { z } from 'zod';
import { durationSchema } from './duration.js';

export const hardwareSchema = z.strictObject({
  tau_base: durationSchema().describe('how fast the local phase follows'),
  tau_max: durationSchema().describe('the longest lag of its resonance'),
  weight: z.number().positive().max(1e6).describe("in the mesh's phase"),
});
export type Hardware = z.output<typeof hardwareSchema>;

/** The seed's machines: how fast each integrates, how far back it looks, and what it weighs in the mesh. */
export const BUILT_IN_HARDWARE: Readonly<Record<string, Hardware>> = {
  'pi-2': { tau_base: 60, tau_max: 3600, weight: 1 },
  'pi-zero': { tau_base: 0.01, tau_max: 1, weight: 1 },
  'pi-4': { tau_base: 1, tau_max: 60, weight: 2 },
  'mac-mini': { tau_base: 0.1, tau_max: 600, weight: 4 },
  cloud: { tau_base: 0.001, tau_max: 10, weight: 4 },
};

/** What host signals, adopted nodes and configured nodes without `hardware` run as. */
export const DEFAULT_HARDWARE = 'pi-4';
/** What a node weighs whose hardware the configuration does not name. */
export const UNKNOWN_NODE_WEIGHT = 1;
