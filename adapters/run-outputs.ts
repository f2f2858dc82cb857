import { join } from 'node:path';
import type { OutputContext, OutputDefinition } from '../contract/adapters.js';
import type { Config, OutputConfig } from '../contract/config/schema.js';
import type { Link, OpenLink } from '../contract/link.js';
import type { PartContext } from '../contract/part.js';
import type { EventMessage } from '../contract/payloads/event.js';
import { createService, type Service } from '../contract/service.js';
import { createTopicEars, type TopicEars } from '../contract/topic-ears.js';
import { hearKeptEvents } from './kept-events.js';
import { MeshListener } from './mesh-listener.js';
import { type RunningOutput, runOutput } from './run-output.js';

export interface OutputsOptions {
  readonly outputs: Config['outputs'];
  /** Every kind of output there is. */
  readonly definitions: readonly OutputDefinition[];
  /** Where an output that speaks to a person in the terminal writes. */
  readonly terminal: OutputContext['terminal'];
  /** Where outputs keep what must outlive the process. */
  readonly dataFolder: string;
  /** The way to another broker that an output names. */
  readonly openLinkTo: (brokerUrl: string) => OpenLink;
}

/** Outputs that run. */
export interface Outputs extends Service {
  /** Starts what is new, stops what is gone, restarts what has changed, and leaves the rest alone. */
  update(outputs: Config['outputs']): Promise<void>;
}

/**
 * Runs the outputs: each acts on fresh states of what it follows, and is quiet while the mesh is not there.
 * One that cannot be made is tried again.
 *
 * @returns once the subscriptions stand.
 * @throws MeshError LINK_REFUSED or LINK_AWAY when there is no way to the mesh.
 */
export async function startOutputs(
  options: OutputsOptions,
  context: PartContext,
  signal: AbortSignal,
): Promise<Outputs> {
  const ears = createTopicEars({ ...context, openLinkTo: options.openLinkTo });
  let birth = (): void => {};
  const link = await context.openLink({ name: 'outputs', birth: () => birth() }, signal);
  const outputs = new RunningOutputs(options, context, link, ears, signal);
  await outputs.start();
  birth = () => outputs.announce();
  const service = createService('outputs', async () => {
    await outputs.stop();
    await Promise.all([ears.close(), link.close()]);
  });
  void link.closed.then((error) => (error === undefined ? service.close() : service.fail(error)));
  return { ...service, update: (next) => outputs.update(next) };
}

/** Told apart by what is configured: another configuration is another output. */
interface Running {
  readonly config: string;
  readonly output: RunningOutput;
  readonly unfollow: () => void;
}

class RunningOutputs {
  private readonly options: OutputsOptions;
  private readonly context: PartContext;
  private readonly link: Link;
  private readonly ears: TopicEars;
  private readonly signal: AbortSignal;
  private readonly listener: MeshListener;
  private readonly running = new Map<string, Running>();
  private keptEvents: Promise<Link> | undefined;
  private changing = Promise.resolve();
  private stopped = false;

  constructor(
    options: OutputsOptions,
    context: PartContext,
    link: Link,
    ears: TopicEars,
    signal: AbortSignal,
  ) {
    this.options = options;
    this.context = context;
    this.link = link;
    this.ears = ears;
    this.signal = signal;
    this.listener = new MeshListener(context, link);
  }

  async start(): Promise<void> {
    await this.listener.listen();
    await this.update(this.options.outputs);
  }

  update(outputs: Config['outputs']): Promise<void> {
    this.changing = this.changing.then(() => this.change(outputs));
    return this.changing.then(() => this.keepEvents());
  }

  /** Every output's status anew, as after a reconnection. */
  announce(): void {
    for (const { output } of this.running.values()) output.announce();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.listener.stop();
    await Promise.all([...this.running.keys()].map((name) => this.end(name)));
    await this.keptEvents?.then((link) => link.close()).catch(() => {});
  }

  private async change(outputs: Config['outputs']): Promise<void> {
    if (this.stopped) return;
    const isSame = (name: string): boolean =>
      this.running.get(name)?.config === JSON.stringify(outputs[name]);
    const ended = [...this.running.keys()].filter((name) => !isSame(name));
    await Promise.all(ended.map((name) => this.end(name)));
    for (const [name, config] of Object.entries(outputs)) {
      if (!this.running.has(name)) await this.begin(name, config);
    }
  }

  private async begin(name: string, config: OutputConfig): Promise<void> {
    const { definitions, terminal, dataFolder } = this.options;
    const definition = definitions.find((one) => one.name === config.adapter);
    if (definition === undefined) throw new RangeError(`there is no adapter ${config.adapter}`);
    const folder = join(dataFolder, 'outputs', name);
    const { link, ears } = this;
    const output = runOutput(name, config, definition, { ...this.context, link, ears, terminal, folder });
    const unfollow = await this.listener.follow(config.source, output.follower);
    this.running.set(name, { config: JSON.stringify(config), output, unfollow });
  }

  private async end(name: string): Promise<void> {
    const running = this.running.get(name);
    if (running === undefined) return;
    this.running.delete(name);
    running.unfollow();
    await running.output.close();
  }

  /** One kept link serves all outputs that want every event; it is opened once all of them are there. */
  private async keepEvents(): Promise<void> {
    if (this.stopped || ![...this.running.values()].some(({ output }) => output.keepsEvents)) return;
    const folder = join(this.options.dataFolder, 'outputs');
    this.keptEvents ??= hearKeptEvents((event) => this.keep(event), folder, this.context, this.signal);
    await this.keptEvents;
  }

  /** Resolves once every output that wants the event has it; at the end not at all, so that the broker keeps it. */
  private async keep(event: EventMessage): Promise<void> {
    const taken = new Set<string>();
    for (;;) {
      // One that is being replaced takes it in its next life.
      await this.changing;
      if (this.stopped) return new Promise(() => {});
      const keepers = [...this.running].filter(
        ([name, { output }]) => output.keepsEvents && !taken.has(name),
      );
      if (keepers.length === 0) return;
      await Promise.all(
        keepers.map(async ([name, { output }]) => {
          if (await output.keepEvent(event)) taken.add(name);
        }),
      );
    }
  }
}
