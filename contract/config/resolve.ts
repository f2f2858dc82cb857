import { BUILT_IN_HARDWARE, DEFAULT_HARDWARE, UNKNOWN_NODE_WEIGHT } from './hardware.js';
import { matchesTemplate } from './node-template.js';
import type { Config, NodeConfig } from './schema.js';

/** How a node runs, all defaults applied. Times in seconds. */
export interface NodeSettings {
  readonly hardware: string;
  readonly tauBaseSeconds: number;
  readonly tauMaxSeconds: number;
  /** The constant share of a new reading, where the configuration fixes one. */
  readonly alpha: number | undefined;
  readonly intervalSeconds: number;
  readonly zone: string | undefined;
}

/** Applies the hardware preset and the contract's defaults to a node. */
export function resolveNode(node: Partial<NodeConfig>, hardware: Config['hardware']): NodeSettings {
  const name = node.hardware ?? DEFAULT_HARDWARE;
  const preset = hardware[name] ?? BUILT_IN_HARDWARE[DEFAULT_HARDWARE];
  if (preset === undefined) throw new RangeError(`hardware ${name} is not a preset`);
  const tauBaseSeconds = node.tau_base ?? preset.tau_base;
  return {
    hardware: name,
    tauBaseSeconds,
    tauMaxSeconds: node.tau_max ?? preset.tau_max,
    alpha: node.alpha,
    intervalSeconds: node.interval ?? Math.min(1, Math.max(0.1, tauBaseSeconds)),
    zone: node.zone,
  };
}

/** What the configuration says of a node: under its own name, else under the first name with placeholders that fits. */
export function nodeConfigOf(node: string, nodes: Config['nodes'] = {}): NodeConfig | undefined {
  if (Object.hasOwn(nodes, node)) return nodes[node];
  return Object.entries(nodes).find(([name]) => matchesTemplate(name, node))?.[1];
}

/** What a node weighs in the mesh: by the mesh's configuration alone (its weight, else its hardware's). */
export function weightOf(node: string, config: Pick<Config, 'nodes' | 'hardware'>): number {
  const own = nodeConfigOf(node, config.nodes);
  const preset = own?.hardware === undefined ? undefined : config.hardware[own.hardware];
  return own?.weight ?? preset?.weight ?? UNKNOWN_NODE_WEIGHT;
}
