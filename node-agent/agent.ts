import type { InputDefinition } from '../contract/adapters.js';
import { within } from '../contract/clock.js';
import { type Config, type NodeConfig, TOPIC_INPUT } from '../contract/config/schema.js';
import { reasonOf } from '../contract/errors.js';
import type { Link, LinkMessage, OpenLink } from '../contract/link.js';
import type { PartContext } from '../contract/part.js';
import { createRejections } from '../contract/rejections.js';
import { createService, type Service } from '../contract/service.js';
import { createTopicEars } from '../contract/topic-ears.js';
import { type Adoption, createAdoption } from './adoption.js';
import { type Announcements, createAnnouncements } from './announcements.js';
import { createArrivals } from './arrivals.js';
import { followMesh } from './mesh-follower.js';
import { createNodeFactory, type NodeFactory, usesFormulas } from './node-factory.js';
import { obeyNodeSettings } from './node-settings.js';
import { createNodeTemplates, type NodeTemplates } from './node-templates.js';
import type { NodeServices, ServedNode } from './served-node.js';
import { createStatusReports, type StatusReports } from './status-reports.js';
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
  private readonly factory: NodeFactory;
  private readonly services: NodeServices;
  private readonly announcements: Announcements;
  private readonly reports: StatusReports;
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
      createNode: (name) => this.factory.create(name, false),
      serve: (node) => this.serveNew(node),
    });
    this.factory = createNodeFactory(options, this.services, {
      infoChanged: announcements.info,
      liveChanged: announcements.availability,
      healthChanged: this.reports.changed,
    });
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
    for (const node of this.factory.configured()) this.own.set(node.name, node);
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

  /** Serves a node that a template has made. */
  private serveNew(node: ServedNode): void {
    this.own.set(node.name, node);
    if (this.state !== 'serving') return;
    this.announcements.agentChanged();
    this.announcements.birth(node);
    node.startPublishing();
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
      createNode: (name) => this.factory.create(name, true),
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
