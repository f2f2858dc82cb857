import type { z } from 'zod';
import type { Probe } from '../../contract/adapters.js';
import type { Clock } from '../../contract/clock.js';
import { faultsOf } from '../../contract/explain.js';
import type { Check } from './check.js';
import { probeWithin } from './probe-within.js';

/** What inputs and outputs have in common. */
export interface AdapterKind {
  readonly name: string;
  readonly options: z.ZodObject;
  probe?(options: z.output<z.ZodObject>): Promise<Probe>;
}

/** Whether each kind of adapter can work here as it comes; one that cannot is no problem until it is configured. */
export async function checkKinds(kinds: readonly AdapterKind[], clock: Clock): Promise<Check[]> {
  return Promise.all(
    kinds.map(async (kind): Promise<Check> => {
      const { name } = kind;
      const options = kind.options.safeParse({});
      if (!options.success) return { state: 'ok', name, words: `needs: ${missing(kind.options)}` };
      const { probe } = kind;
      if (probe === undefined) return { state: 'ok', name, words: 'needs nothing of this machine' };
      const said = await probeWithin(clock, () => probe.call(kind, options.data));
      return said.ok
        ? { state: 'ok', name, words: said.detail ?? 'works here' }
        : { state: 'warning', name, words: said.reason };
    }),
  );
}

/** The options that must be given. */
function missing(options: z.ZodObject): string {
  const names = faultsOf(options, {}).map(({ path }) => path.join('.'));
  return [...new Set(names)].join(', ');
}
