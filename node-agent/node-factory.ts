import { placeholdersOf } from '../contract/config/node-template.js';
import { nodeConfigOf, resolveNode } from '../contract/config/resolve.js';
import type { Config, NodeConfig } from '../contract/config/schema.js';
import { createZoneMatcher } from '../contract/config/zones.js';
import { createNode } from './node.js';
import { OscillatorNode } from './oscillator-node.js';
import type { NodeEvents, NodeOptions, NodeServices, ServedNode } from './served-node.js';

/** What nodes are made by. */
export interface NodePlans extends Pick<Config, 'hardware' | 'zones'> {
  readonly nodes: Readonly<Record<string, NodeConfig>>;
  /** I_c of their resonance, in (0, 1]. */
  readonly collapse: number;
}

/** Makes an agent's nodes as the configuration wants them. */
export interface NodeFactory {
  /**
   * The nodes that the configuration names, with their inputs; those without any are served by others.
   *
   * @throws MeshError CONFIG_INVALID for a node that cannot be made.
   */
  configured(): ServedNode[];
  /** A node without inputs, with what the configuration says of one of that name. */
  create(name: string, adopted: boolean): ServedNode;
}

export function createNodeFactory(plans: NodePlans, services: NodeServices, events: NodeEvents): NodeFactory {
  const { nodes, hardware, zones, collapse } = plans;
  const zoneOf = createZoneMatcher(zones);
  const optionsOf = (name: string, adopted: boolean): NodeOptions => {
    const settings = resolveNode(nodeConfigOf(name, nodes) ?? {}, hardware);
    const zone = settings.zone ?? zoneOf(name) ?? undefined;
    return { name, adopted, settings: { ...settings, zone }, events, collapse };
  };
  const configure = (name: string, { inputs, oscillator }: NodeConfig): ServedNode => {
    if (oscillator !== undefined) return new OscillatorNode(optionsOf(name, false), oscillator, services);
    const node = createNode(optionsOf(name, false), services);
    for (const [channel, input] of Object.entries(inputs)) node.addInput(channel, input);
    return node;
  };
  return {
    configured: () =>
      Object.entries(nodes)
        .filter(([name]) => placeholdersOf(name).length === 0)
        .filter(([, { inputs, oscillator }]) => oscillator !== undefined || Object.keys(inputs).length > 0)
        .map(([name, config]) => configure(name, config)),
    create: (name, adopted) => createNode(optionsOf(name, adopted), services),
  };
}

/** Whether some input is encoded by a formula, for which mathjs is loaded. */
export function usesFormulas(nodes: NodePlans['nodes']): boolean {
  const inputs = Object.values(nodes).flatMap((node) => Object.values(node.inputs));
  return inputs.some(({ encoder }) => encoder?.name === 'expression');
}
