import type { InputDefinition, OutputDefinition, Probe } from '../../contract/adapters.js';
import { withoutPassword } from '../../contract/broker-url.js';
import type { Clock } from '../../contract/clock.js';
import {
  type Config,
  type InputConfig,
  type OutputConfig,
  TOPIC_INPUT,
} from '../../contract/config/schema.js';
import { reasonOf } from '../../contract/errors.js';
import type { Topics } from '../../contract/topics.js';
import type { Check } from './check.js';
import { probeWithin } from './probe-within.js';
import type { TryBroker } from './try-broker.js';

/** What a configuration is checked with. */
export interface CheckContext {
  readonly clock: Clock;
  readonly topics: Topics;
  readonly inputs: readonly InputDefinition[];
  readonly outputs: readonly OutputDefinition[];
  readonly tryBroker: TryBroker;
}

/** Whether each configured input can work here, by its own options. */
export async function checkInputs(
  nodes: NonNullable<Config['nodes']>,
  context: CheckContext,
): Promise<Check[]> {
  const brokers = createBrokerTrials(context.tryBroker);
  const places = Object.entries(nodes).flatMap(([node, { inputs }]) =>
    Object.entries(inputs).map(([channel, config]) => ({ node, channel, config })),
  );
  return Promise.all(
    places.map(async ({ node, channel, config }) => {
      const topic = context.topics.build('input', { node, channel });
      return checkOf(`${node}/${channel}`, await probeInput(config, topic, context, brokers));
    }),
  );
}

/** Whether each configured output can work here, by its own options. */
export async function checkOutputs(outputs: Config['outputs'], context: CheckContext): Promise<Check[]> {
  return Promise.all(
    Object.entries(outputs).map(async ([name, config]) => checkOf(name, await probeOutput(config, context))),
  );
}

async function probeInput(
  { adapter = TOPIC_INPUT, encoder: _, every: _every, weight: _weight, ...options }: InputConfig,
  ownTopic: string,
  { clock, inputs }: CheckContext,
  brokers: BrokerTrials,
): Promise<Probe> {
  const definition = inputs.find(({ name }) => name === adapter);
  if (definition === undefined) return noSuch(adapter);
  if (adapter === TOPIC_INPUT) return { ok: true, detail: `${adapter} hears ${ownTopic}` };
  const hears = definition.hears?.bind(definition);
  if (hears !== undefined)
    return probeWithin(clock, () => probeTopic(adapter, () => hears(options), brokers));
  return probeAdapter(definition, options, clock);
}

async function probeOutput(
  { adapter, source: _, ...options }: OutputConfig,
  { clock, outputs }: CheckContext,
): Promise<Probe> {
  const definition = outputs.find(({ name }) => name === adapter);
  return definition === undefined ? noSuch(adapter) : probeAdapter(definition, options, clock);
}

/** An input that hears a topic works where the topic's broker can be reached. */
async function probeTopic(
  adapter: string,
  hears: () => { readonly topic: string; readonly brokerUrl: string | undefined },
  brokers: BrokerTrials,
): Promise<Probe> {
  const { topic, brokerUrl } = hears();
  if (brokerUrl === undefined) return { ok: true, detail: `${adapter} hears ${topic}` };
  const away = await brokers(brokerUrl);
  const place = withoutPassword(brokerUrl);
  return away === null
    ? { ok: true, detail: `${adapter} hears ${topic} on ${place}` }
    : { ok: false, reason: `${adapter}: the broker ${place} cannot be reached: ${away}` };
}

async function probeAdapter(
  definition: InputDefinition | OutputDefinition,
  options: object,
  clock: Clock,
): Promise<Probe> {
  const { name } = definition;
  const probe = definition.probe?.bind(definition);
  if (probe === undefined) return { ok: true, detail: `${name} needs nothing of this machine` };
  const said = await probeWithin(clock, () => probe({ ...options }));
  return said.ok
    ? { ok: true, detail: `${name}: ${said.detail ?? 'works here'}` }
    : { ok: false, reason: `${name}: ${said.reason}` };
}

function noSuch(adapter: string): Probe {
  return { ok: false, reason: `there is no adapter ${adapter}` };
}

function checkOf(name: string, said: Probe): Check {
  return said.ok
    ? { state: 'ok', name, words: said.detail ?? 'works here' }
    : { state: 'problem', name, words: said.reason };
}

type BrokerTrials = (url: string) => Promise<string | null>;

/** Tries each broker once, however many inputs hear it. */
function createBrokerTrials(tryBroker: TryBroker): BrokerTrials {
  const trials = new Map<string, Promise<string | null>>();
  return (url) => {
    const trial = trials.get(url) ?? tryBroker(url).catch(reasonOf);
    trials.set(url, trial);
    return trial;
  };
}
