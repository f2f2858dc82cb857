import type { OutputContext, OutputDefinition } from '../contract/adapters.js';
import type { OutputConfig } from '../contract/config/schema.js';
import { formatTimestamp } from '../contract/instant.js';
import type { Link } from '../contract/link.js';
import { publishMessage } from '../contract/messages.js';
import type { PartContext } from '../contract/part.js';
import type { EventMessage } from '../contract/payloads/event.js';
import type { TopicEars } from '../contract/topic-ears.js';
import type { Follower } from './mesh-listener.js';
import { OutputHealth } from './output-health.js';
import { OutputRunner } from './output-runner.js';

/** How often its status is told, changed or not. */
const STATUS_SECONDS = 10;
/** Changes of so long are told together. */
const PAUSE_SECONDS = 0.5;

export interface RunOutputContext extends PartContext {
  readonly link: Link;
  readonly ears: TopicEars;
  readonly terminal: OutputContext['terminal'];
  /** The output's own, for what must outlive the process. */
  readonly folder: string;
}

/** One output that runs. */
export interface RunningOutput {
  readonly follower: Follower;
  readonly keepsEvents: boolean;
  /** Resolves to true once the output has taken the event, to false when it ends before. */
  keepEvent(event: EventMessage): Promise<boolean>;
  /** Tells its status now. */
  announce(): void;
  close(): Promise<void>;
}

/** Runs an output of the configuration, and tells the mesh how it is. */
export function runOutput(
  name: string,
  { adapter, source, ...settings }: OutputConfig,
  definition: OutputDefinition,
  context: RunOutputContext,
): RunningOutput {
  const { clock, topics, link, session } = context;
  const log = context.log.child({ output: name });
  const over = new AbortController();
  const status = createStatusTeller(context, () => {
    const timestamp = formatTimestamp(clock.nowSeconds());
    const message = { adapter, source, ...health.condition, session, timestamp };
    publishMessage(link, topics, 'outputStatus', { output: name }, message);
  });
  const health = new OutputHealth(log, status.soon);
  const outputContext = createOutputContext(name, { ...context, log }, health, over.signal);
  const keepsEvents = definition.keepsEvents?.(settings) ?? false;
  const runner = new OutputRunner({
    open: () => definition.create(settings, outputContext),
    clock,
    health,
    keepsEvents,
  });
  void runner.start();
  return {
    follower: {
      offer: (state) => runner.offer(state),
      ...(keepsEvents ? {} : { tell: (event: EventMessage) => void runner.tell(event) }),
      fallSilent: (reason) => runner.fallSilent(reason),
    },
    keepsEvents,
    keepEvent: (event) => runner.tell(event),
    announce: status.now,
    async close() {
      status.stop();
      await runner.close();
      over.abort();
      link.publish(topics.build('outputStatus', { output: name }), '', { qos: 1, retain: true });
    },
  };
}

function createOutputContext(
  name: string,
  { clock, log, topics, link, ears, terminal, folder }: RunOutputContext,
  health: OutputHealth,
  over: AbortSignal,
): OutputContext {
  return {
    name,
    clock,
    log,
    terminal,
    dataFolder: folder,
    say: (text) => publishMessage(link, topics, 'outputText', { output: name }, text),
    publish: (topic, text, { qos = 0, retain = false } = {}) => link.publish(topic, text, { qos, retain }),
    hear: (filter, handler, options) => ears.hear(filter, handler, { ...options, signal: over }),
    degrade: (reason) => health.degrade(reason),
  };
}

function createStatusTeller({ clock }: RunOutputContext, tell: () => void) {
  let cancelSoon: (() => void) | undefined;
  let isOver = false;
  const now = (): void => {
    cancelSoon?.();
    cancelSoon = undefined;
    tell();
  };
  const cancel = clock.every(STATUS_SECONDS, tell);
  return {
    now,
    soon() {
      if (!isOver) cancelSoon ??= clock.after(PAUSE_SECONDS, now);
    },
    stop() {
      isOver = true;
      cancel();
      cancelSoon?.();
    },
  };
}
