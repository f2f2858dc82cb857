import type { InputDefinition } from '../contract/adapters.js';
import type { NodeConfig } from '../contract/config/schema.js';
import { toLegalName } from '../contract/names.js';

/** What a machine can say of itself; each is a node of its own. */
export const HOST_SIGNALS = ['cpu', 'memory', 'temperature', 'network'] as const;
const LONGEST_SUFFIX = Math.max(...HOST_SIGNALS.map((signal) => signal.length + 1));

/**
 * The nodes of a machine without a configuration: `<hostname>-cpu` and so on, as far as the signals exist here.
 *
 * @param hostname any text; made a legal name, and cut so that the longest suffix still fits.
 * @param system the input that reads this machine, with an option `signal`.
 */
export async function hostNodes(
  hostname: string,
  system: InputDefinition,
): Promise<Record<string, NodeConfig>> {
  const name = toLegalName(hostname, 64 - LONGEST_SUFFIX);
  const nodes: Record<string, NodeConfig> = {};
  for (const signal of HOST_SIGNALS) {
    const options = system.options.parse({ signal });
    const probe = await system.probe?.(options);
    if (probe?.ok === false) continue;
    const input = { ...options, adapter: system.name, weight: 1, encoder: { name: 'trend' } } as const;
    nodes[`${name}-${signal}`] = { inputs: { [signal]: input } };
  }
  return nodes;
}
