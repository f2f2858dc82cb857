import { inputDefinitions } from '../../adapters/input/registry.js';
import type { Broker } from '../../broker/broker.js';
import { systemClock } from '../../contract/clock.js';
import { createConfigSchema } from '../../contract/config/schema.js';
import type { Link, LinkMessage, LinkOptions, OpenLink } from '../../contract/link.js';
import { type Log, silentLog } from '../../contract/log.js';
import type { PartContext } from '../../contract/part.js';
import type { Service } from '../../contract/service.js';
import { createTopics } from '../../contract/topics.js';
import { mqttLinks } from '../../link/mqtt-links.js';
import { type NodeAgentOptions, startNodeAgent } from '../../node-agent/agent.js';
import { createManualClock, type ManualClock } from '../support/manual-clock.js';
import { startTestBroker } from '../support/test-broker.js';
import { type Observer, observe } from './observer.js';

/** Everything an agent needs, from YAML-like settings, all defaults applied. */
export function agentOptions(
  settings: { nodes?: object; zones?: object; hardware?: object; adopt?: object } = {},
  more: Partial<NodeAgentOptions> = {},
): NodeAgentOptions {
  const config = createConfigSchema(more.inputs ?? inputDefinitions, []).parse(settings);
  return {
    agent: 'host',
    nodes: config.nodes ?? {},
    hardware: config.hardware,
    zones: config.zones,
    collapse: config.mesh.collapse,
    adopt: { ...config.adopt, enabled: config.adopt.enabled ?? false },
    inputs: inputDefinitions,
    openLinkTo: (url) => mqttLinks({ url, clock: systemClock, log: silentLog }),
    random: () => 0.5,
    ...more,
  };
}

/** A line of a log. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: object;
}

export function recordingLog(lines: LogLine[], bound: object = {}): Log {
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, fields: { ...bound, ...fields } });
  const [debug, info, warn, error] = [at('debug'), at('info'), at('warn'), at('error')];
  return { debug, info, warn, error, child: (fields) => recordingLog(lines, { ...bound, ...fields }) };
}

interface Subscribed {
  readonly filter: string;
  readonly handler: (message: LinkMessage) => void;
}

/** An embedded broker, agents inside its process, and an MQTT client that hears everything. */
export interface AgentBench extends AsyncDisposable, Observer {
  readonly broker: Broker;
  /** The agents' clock; the broker's is the machine's. */
  readonly clock: ManualClock;
  readonly lines: LogLine[];
  /** What each agent opened its link with, in the order of their starts. */
  readonly links: LinkOptions[];
  /** What the agents are subscribed to. */
  readonly subscriptions: ReadonlySet<Subscribed>;
  /** How many timers of the agents run. */
  timers(): number;
  start(options: NodeAgentOptions, context?: Partial<PartContext>): Promise<Service>;
  /** Publishes, and waits until every agent has taken it and what they answered has come. */
  send(topic: string, payload: string | object, options?: { retain?: boolean }): Promise<void>;
  /** Keeps back what comes for the agents, as a slow network does. */
  hold(): void;
  /** Delivers what was kept back, in its order, and waits until the answers have come. */
  release(): Promise<void>;
  /** Moves the clock, and waits until all has come that was said meanwhile. */
  advance(seconds: number): Promise<void>;
}

export async function startAgentBench(prefix?: string): Promise<AgentBench> {
  const testBroker = await startTestBroker();
  const observer = await observe(testBroker.url);
  const { clock, timers } = countTimers(createManualClock());
  const services: Service[] = [];
  const lines: LogLine[] = [];
  const links: LinkOptions[] = [];
  const subscriptions = new Set<Subscribed>();
  let held: (() => void)[] | undefined;
  const openLink: OpenLink = async (options, signal) => {
    links.push(options);
    const link = await testBroker.openLink(options, signal);
    const subscribe: Link['subscribe'] = async (filter, handler) => {
      const subscribed = { filter, handler };
      subscriptions.add(subscribed);
      const unsubscribe = await link.subscribe(filter, (message) => {
        if (held === undefined) handler(message);
        else held.push(() => handler({ ...message, payload: Buffer.from(message.payload) }));
      });
      return () => {
        subscriptions.delete(subscribed);
        unsubscribe();
      };
    };
    return Object.create(link, { subscribe: { value: subscribe } });
  };
  return {
    ...observer,
    broker: testBroker.broker,
    clock,
    lines,
    links,
    subscriptions,
    timers,
    async start(options, context = {}) {
      const all = {
        topics: createTopics(prefix),
        openLink,
        clock,
        log: recordingLog(lines),
        session: 'session-1',
      };
      const whole: PartContext = { ...all, version: '1.2.3', ...context };
      const service = await startNodeAgent(options, whole, new AbortController().signal);
      services.push(service);
      await observer.settle();
      return service;
    },
    async send(topic, payload, options = {}) {
      observer.publish(topic, payload, options);
      await observer.settle();
    },
    async advance(seconds) {
      clock.advance(seconds);
      await observer.settle();
    },
    hold() {
      held = [];
    },
    async release() {
      // What comes meanwhile waits its turn.
      for (const deliver of held ?? []) deliver();
      held = undefined;
      await observer.settle();
    },
    async [Symbol.asyncDispose]() {
      for (const service of services) await service.close();
      await observer[Symbol.asyncDispose]();
      await testBroker[Symbol.asyncDispose]();
    },
  };
}

/** A clock that knows how many of its timers run. */
function countTimers(clock: ManualClock): { clock: ManualClock; timers: () => number } {
  const running = new Set<object>();
  const counted = (start: (over: () => void) => () => void): (() => void) => {
    const timer = {};
    running.add(timer);
    const cancel = start(() => running.delete(timer));
    return () => {
      running.delete(timer);
      cancel();
    };
  };
  const after: ManualClock['after'] = (seconds, task) =>
    counted((over) =>
      clock.after(seconds, () => {
        over();
        task();
      }),
    );
  const every: ManualClock['every'] = (seconds, task) => counted(() => clock.every(seconds, task));
  return { clock: { ...clock, after, every }, timers: () => running.size };
}
