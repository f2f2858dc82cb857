import type { InputDefinition, TopicText } from '../contract/adapters.js';
import {
  type Bindings,
  fillTemplate,
  filterOfTemplate,
  nodeNameOf,
  placeholdersOf,
  topicBinder,
} from '../contract/config/node-template.js';
import type { InputConfig, NodeConfig } from '../contract/config/schema.js';
import { reasonOf } from '../contract/errors.js';
import type { Log } from '../contract/log.js';
import type { TopicEars } from '../contract/topic-ears.js';
import type { ServedNode } from './served-node.js';

/** Devices without a node that are remembered, so that each is a line in the log once. */
const MOST_REFUSED = 1000;

export interface NodeTemplatesOptions {
  /** The configuration's nodes; those whose names have placeholders are templates. */
  readonly nodes: Readonly<Record<string, NodeConfig>>;
  readonly definitions: ReadonlyMap<string, InputDefinition>;
  readonly ears: TopicEars;
  readonly log: Log;
  readonly maxNodes: number;
  /** Whether a node of that name is served already. */
  readonly isServed: (node: string) => boolean;
  /** Makes a node of that name, without inputs, with the settings of its template. */
  readonly createNode: (node: string) => ServedNode;
  /** Serves it: its first input stands. */
  readonly serve: (node: ServedNode) => void;
}

/** Makes a node of each device whose messages fit a node of the configuration with placeholders in its name. */
export interface NodeTemplates {
  /** Listens; resolves once it does. */
  start(): Promise<void>;
  stop(): void;
}

export function createNodeTemplates(options: NodeTemplatesOptions): NodeTemplates {
  const stop = new AbortController();
  const listeners = Object.entries(options.nodes)
    .filter(([name]) => placeholdersOf(name).length > 0)
    .map(([name, { inputs }]) => new TemplateNodes(name, inputs, options));
  return {
    async start() {
      await Promise.all(listeners.map((template) => template.listen(stop.signal)));
    },
    stop: () => stop.abort(),
  };
}

/** The nodes of one template. */
class TemplateNodes {
  private readonly template: string;
  private readonly inputs: readonly [string, InputConfig][];
  private readonly options: NodeTemplatesOptions;
  private readonly nodes = new Map<string, { readonly node: ServedNode; readonly key: string }>();
  private readonly refused = new Set<string>();

  constructor(template: string, inputs: NodeConfig['inputs'], options: NodeTemplatesOptions) {
    this.template = template;
    this.inputs = Object.entries(inputs);
    this.options = options;
  }

  async listen(signal: AbortSignal): Promise<void> {
    const { ears, definitions } = this.options;
    await Promise.all(
      this.inputs.map(async ([channel, config]) => {
        const { adapter = '', encoder: _, every: _every, weight: _weight, ...settings } = config;
        const heard = definitions.get(adapter)?.hears?.(settings);
        if (heard === undefined) throw new RangeError(`${this.template}: ${adapter} hears no topic`);
        const bind = topicBinder(heard.topic);
        const take = ({ topic, text }: TopicText): void => {
          const bindings = bind(topic);
          if (bindings !== null && this.isNew(bindings, channel) && heard.fits(text)) {
            this.addInput(bindings, channel, config);
          }
        };
        const { brokerUrl } = heard;
        await ears.hear(filterOfTemplate(heard.topic), take, { brokerUrl, signal });
      }),
    );
  }

  /** Whether the device has no such input yet, and may have one. */
  private isNew(bindings: Bindings, channel: string): boolean {
    const name = nodeNameOf(this.template, bindings);
    const known = this.nodes.get(name);
    if (known !== undefined && known.key === keyOf(bindings)) return !known.node.inputs.has(channel);
    const { maxNodes, isServed } = this.options;
    if (known !== undefined || isServed(name)) this.refuse(bindings, `another node is called ${name}`);
    else if (this.nodes.size >= maxNodes)
      this.refuse(bindings, `there are ${maxNodes} (adopt.max_nodes) already`);
    else return true;
    return false;
  }

  private addInput(bindings: Bindings, channel: string, config: InputConfig): void {
    const name = nodeNameOf(this.template, bindings);
    const known = this.nodes.get(name)?.node;
    const node = known ?? this.options.createNode(name);
    // The input then hears the message that made it.
    if (known === undefined) node.startInputs();
    try {
      node.addInput(channel, fillStrings(config, bindings));
    } catch (error) {
      this.refuse(bindings, reasonOf(error));
      return;
    }
    if (known !== undefined) return;
    this.nodes.set(name, { node, key: keyOf(bindings) });
    this.options.serve(node);
    this.options.log.info({ node: name, ...bindings }, 'made a node of a device');
  }

  private refuse(bindings: Bindings, reason: string): void {
    const key = keyOf(bindings);
    if (this.refused.has(key) || this.refused.size >= MOST_REFUSED) return;
    this.refused.add(key);
    this.options.log.warn({ template: this.template, ...bindings, reason }, 'made no node of a device');
  }
}

function keyOf(bindings: Bindings): string {
  return JSON.stringify(bindings);
}

/** A copy with the placeholders filled in every text, at any depth. */
function fillStrings<Value>(value: Value, bindings: Bindings): Value {
  if (typeof value === 'string') return fillTemplate(value, bindings) as Value;
  if (Array.isArray(value)) return value.map((one) => fillStrings(one, bindings)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, fillStrings(one, bindings)]),
  ) as Value;
}
