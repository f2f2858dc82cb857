import type { InputDefinition } from '../contract/adapters.js';
import { within } from '../contract/clock.js';
import { placeholdersOf } from '../contract/config/node-template.js';
import { nodeConfigOf, resolveNode } from '../contract/config/resolve.js';
import { type Config, type NodeConfig, TOPIC_INPUT } from '../contract/config/schema.js';
import { createZoneMatcher } from '../contract/config/zones.js';
import { reasonOf } from '../contract/errors.js';
import type { Link, LinkMessage, OpenLink } from '../contract/link.js';
import type { PartContext } from '../contract/part.js';
import { createRejections } from '../contract/rejections.js';
import { createService, type Service } from '../contract/service.js';
import { type Adoption, createAdoption } from './adoption.js';
import { type Announcements, createAnnouncements } from './announcements.js';
import { createArrivals } from './arrivals.js';
import { followMesh } from './mesh-follower.js';
import { createNode } from './node.js';
import { obeyNodeSettings } from './node-settings.js';
import { createNodeTemplates, type NodeTemplates } from './node-templates.js';
import { OscillatorNode } from './oscillator-node.js';
import type { NodeEvents, NodeOptions, NodeServices, ServedNode } from './served-node.js';
import { createStatusReports, type StatusReports } from './status-reports.js';
import { createTopicEars } from '../contract/topic-ears.js';
import { createVoice } from './voice.js';

/** Inputs have 200 ms to stop; one that does not is left behind after so many seconds. */
const PATIENCE_SECONDS = 0.5;

export interface NodeAgentOptions {
  /** Its name in the mesh, legal. */
  readonly agent: string;
  /** The configuration's nodes; those without inputs are served by others. */
  readonly nodes: Readonly<Record<string, NodeConfig>>;
  readonly hardware: Config['hardware'];
  readonly zones: Config['zones'];
  readonly adopt: { readonly enabled: boolean; readonly max_nodes: number; readonly forget_after: number };
  /** I_c of the nodes' resonance, in (0, 1]. */
  readonly collapse: number;
  /** Every kind of input there is. */
  readonly inputs: readonly InputDefinition[];
  /** The way to another broker that an input names. */
  readonly openLinkTo: (brokerUrl: string) => OpenLink;
  /** Uniform in [0, 1), for the jitter of restarts; Math.random unless given. */
  readonly random?: () => number;
}

/**
 * Starts a node agent: it serves the configuration's nodes and, if it may, adopts those whose readings nobody serves.
 *
 * @returns once the link is open, its subscriptions stand and its births are out.
 * @throws MeshError CONFIG_INVALID for a node that cannot be made; LINK_REFUSED or LINK_AWAY as `openLink` does.
 */
export async function startNodeAgent(
  options: NodeAgentOptions,
  context: PartContext,
  signal: AbortSignal,
): Promise<Service> {
  const agent = new NodeAgent(options, context);
  const link = await agent.open(signal);
  const service = createService('node-agent', () => agent.stop(link));
  void link.closed.then((error) => (error === undefined ? service.close() : service.fail(error)));
  try {
    await agent.serve(link);
  } catch (error) {
    await service.close();
    throw error;
  }
  return service;
}

class NodeAgent {
  private readonly options: NodeAgentOptions;
  private readonly context: PartContext;
  private readonly zoneOf: (node: string) => string | null;
  private readonly services: NodeServices;
  private readonly announcements: Announcements;
  private readonly reports: StatusReports;
  private readonly events: NodeEvents;
  /** The configuration's nodes, and those that its templates have made of devices. */
  private readonly own = new Map<string, ServedNode>();
  private readonly templates: NodeTemplates;
  private adoption: Adoption | undefined;
  private link: Link | undefined;
  private state: 'starting' | 'serving' | 'stopping' = 'starting';

  constructor(options: NodeAgentOptions, context: PartContext) {
    const { log } = context;
    const voice = createVoice(context.topics, () => this.link);
    const rejections = createRejections(
      (node, message) => voice.say('error', { node }, message),
      context.clock,
    );
    this.options = options;
    this.context = context;
    this.zoneOf = createZoneMatcher(options.zones);
    this.services = {
      ...this.context,
      voice,
      reject(node, topic, reason) {
        rejections.reject(node, topic, reason);
        log.debug({ topic, reason, rejected: rejections.count }, 'rejected');
      },
      definitions: new Map(options.inputs.map((definition) => [definition.name, definition])),
      arrivals: createArrivals(context.clock),
      random: options.random ?? Math.random,
      ears: createTopicEars({ ...context, openLinkTo: options.openLinkTo }),
    };
    this.announcements = createAnnouncements({
      ...this.context,
      voice,
      agent: options.agent,
      nodeNames: () => this.nodes.map(({ name }) => name),
    });
    const { announcements } = this;
    this.reports = createStatusReports({ ...context, voice, announcements, nodes: () => this.nodes });
    this.templates = createNodeTemplates({
      ...this.services,
      nodes: options.nodes,
      maxNodes: options.adopt.max_nodes,
      isServed: (name) => this.nodes.some((node) => node.name === name),
      serve: (name) => this.serveNew(name),
      served: (node) => this.announceNew(node),
    });
    this.events = {
      infoChanged: announcements.info,
      liveChanged: announcements.availability,
      healthChanged: this.reports.changed,
    };
    if (options.adopt.enabled && !this.services.definitions.has(TOPIC_INPUT)) {
      throw new RangeError(`adoption needs the input ${TOPIC_INPUT}`);
    }
  }

  /** @throws MeshError CONFIG_INVALID for a node that cannot be made; LINK_REFUSED or LINK_AWAY as `openLink` does. */
  async open(signal: AbortSignal): Promise<Link> {
    if (usesFormulas(this.options.nodes)) {
      const { loadExpressionEncoders } = await import('../kairos/expression-encoder.js');
      this.services.expressions = await loadExpressionEncoders();
    }
    this.createOwnNodes();
    const { will } = this.announcements;
    this.link = await this.context.openLink(
      { name: 'node-agent', will, birth: () => this.announce() },
      signal,
    );
    return this.link;
  }

  /** Listens first, then says who is there: whoever hears of a node can reach it. */
  async serve(link: Link): Promise<void> {
    for (const node of this.own.values()) node.startInputs();
    await this.listen(link);
    if (this.state === 'stopping') return;
    this.state = 'serving';
    this.announce();
    for (const node of this.own.values()) node.startPublishing();
    this.reports.start();
    // A device's broker may be away for long: nobody else waits for it.
    this.templates
      .start()
      .catch((error) => this.context.log.error({ reason: reasonOf(error) }, 'cannot hear devices'));
    this.context.log.info({ nodes: this.own.size, adopts: this.adoption !== undefined }, 'serving');
  }

  /** Stops the inputs, then the phases, and leaves word that they are gone. */
  async stop(link: Link): Promise<void> {
    this.state = 'stopping';
    this.reports.stop();
    this.templates.stop();
    const inputs = [...this.own.values()].map((node) => node.stopInputs());
    await within(this.context.clock, PATIENCE_SECONDS, Promise.all([...inputs, this.adoption?.stop()]));
    for (const node of this.nodes) {
      node.stopPublishing();
      this.announcements.farewell(node);
    }
    this.announcements.agentOffline();
    await Promise.all([this.services.ears.close(), link.close()]);
  }

  private get nodes(): ServedNode[] {
    return [...this.own.values(), ...(this.adoption?.nodes ?? [])];
  }

  private createOwnNodes(): void {
    for (const [name, { inputs, oscillator }] of Object.entries(this.options.nodes)) {
      if (placeholdersOf(name).length > 0) continue;
      if (oscillator !== undefined) {
        this.own.set(name, new OscillatorNode(this.nodeOptions(name, false), oscillator, this.services));
        continue;
      }
      if (Object.keys(inputs).length === 0) continue;
      const node = createNode(this.nodeOptions(name, false), this.services);
      for (const [channel, input] of Object.entries(inputs)) node.addInput(channel, input);
      this.own.set(name, node);
    }
  }

  private serveNew(name: string): ServedNode {
    const node = createNode(this.nodeOptions(name, false), this.services);
    this.own.set(name, node);
    node.startInputs();
    return node;
  }

  private announceNew(node: ServedNode): void {
    if (this.state !== 'serving') return;
    this.announcements.agentChanged();
    this.announcements.birth(node);
    node.startPublishing();
  }

  private nodeOptions(name: string, adopted: boolean): NodeOptions {
    const { nodes, hardware } = this.options;
    const settings = resolveNode(nodeConfigOf(name, nodes) ?? {}, hardware);
    const zone = settings.zone ?? this.zoneOf(name) ?? undefined;
    const { collapse } = this.options;
    return { name, adopted, settings: { ...settings, zone }, events: this.events, collapse };
  }

  /** Subscriptions of one link must not overlap, so it is one for all nodes or one for each. */
  private async listen(link: Link): Promise<void> {
    const { topics } = this.context;
    const hear = (message: LinkMessage): void => this.route(message);
    const find = (name: string): ServedNode | undefined => this.nodes.find((node) => node.name === name);
    await obeyNodeSettings(link, this.context, find, this.services.reject);
    await followMesh(link, topics, [...this.own.values()]);
    if (this.options.adopt.enabled) {
      this.adoption = this.createAdoption(link);
      await this.adoption.start();
      await link.subscribe(topics.filter('input'), hear);
    } else {
      const names = [...this.own.keys()];
      await Promise.all(names.map((node) => link.subscribe(topics.filter('input', { node }), hear)));
    }
  }

  private createAdoption(link: Link): Adoption {
    const { agent, adopt } = this.options;
    return createAdoption({
      ...this.services,
      agent,
      maxNodes: adopt.max_nodes,
      forgetAfterSeconds: adopt.forget_after,
      link,
      announcements: this.announcements,
      createNode: (name) => createNode(this.nodeOptions(name, true), this.services),
    });
  }

  private announce(): void {
    if (this.state !== 'serving') return;
    this.announcements.agentOnline();
    for (const node of this.nodes) this.announcements.birth(node);
    for (const node of this.nodes) node.publishNow();
  }

  /** Hands a message on an input topic to its node; one that the broker had kept is old. */
  private route(message: LinkMessage): void {
    const { node, channel } = this.context.topics.parse('input', message.topic) ?? {};
    if (message.retained || this.state === 'stopping' || node === undefined || channel === undefined) return;
    const own = this.own.get(node);
    if (own === undefined) this.adoption?.take(node, channel, message);
    else own.deliver(channel, message.payload);
  }
}

function usesFormulas(nodes: NodeAgentOptions['nodes']): boolean {
  const inputs = Object.values(nodes).flatMap((node) => Object.values(node.inputs));
  return inputs.some(({ encoder }) => encoder?.name === 'expression');
}
