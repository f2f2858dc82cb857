import { inputDefinitions } from '../../adapters/input/registry.js';
import { systemInput } from '../../adapters/input/system.js';
import { outputDefinitions } from '../../adapters/output/registry.js';
import { withoutPassword } from '../../contract/broker-url.js';
import type { Clock } from '../../contract/clock.js';
import type { Config } from '../../contract/config/schema.js';
import { reasonOf } from '../../contract/errors.js';
import type { OpenLink } from '../../contract/link.js';
import { createTopics, type Topics } from '../../contract/topics.js';
import { hostNodes } from '../../node-agent/host-nodes.js';
import type { Check, Section } from './check.js';
import { checkInputs, checkOutputs } from './check-configured.js';
import { checkKinds } from './check-kinds.js';
import { checkLive } from './check-live.js';
import { checkBroker, checkHttpPort, checkMqttPort, checkNode } from './check-machine.js';
import { mendedByMesh } from './mended-by-mesh.js';
import { type LiveMesh, readLiveMesh } from './read-live-mesh.js';
import { tryBroker } from './try-broker.js';

/** What is examined. */
export interface Examination {
  readonly config: Config;
  /** How reading the configuration went. */
  readonly configCheck: Check;
  /** The broker to meet at; may hold a user and a password. */
  readonly brokerUrl: string;
  /** Whether somebody named it. */
  readonly isBrokerConfigured: boolean;
  readonly openLink: OpenLink;
  readonly clock: Clock;
  /** This machine's name, as its nodes begin. */
  readonly hostName: string;
}

/** Looks at this machine, every kind of adapter, what is configured, and the mesh that runs; all at once. */
export async function examine(examination: Examination, signal: AbortSignal): Promise<Section[]> {
  const { config, clock, brokerUrl } = examination;
  const topics = createTopics(config.mesh.prefix);
  const context = { clock, topics, inputs: inputDefinitions, outputs: outputDefinitions, tryBroker };
  const away = tryBroker(brokerUrl);
  const nodes = config.nodes ?? (await hostNodes(examination.hostName, systemInput));
  const [machine, inputKinds, outputKinds, inputs, outputs, live] = await Promise.all([
    checkMachine(examination, away),
    checkKinds(inputDefinitions, clock),
    checkKinds(outputDefinitions, clock),
    checkInputs(nodes, context),
    checkOutputs(config.outputs, context),
    liveMesh(examination, topics, away, signal),
  ]);
  return [
    { title: 'this machine', checks: machine },
    { title: 'inputs there are', checks: inputKinds },
    { title: 'outputs there are', checks: outputKinds },
    {
      title: config.nodes === undefined ? "this machine's own signals" : 'configured inputs',
      checks: inputs.map((check) => mendedByMesh(check, live, clock.nowSeconds())),
    },
    { title: 'configured outputs', checks: outputs },
    { title: 'the mesh that runs', checks: live === undefined ? [] : checksOfLive(live, clock) },
  ];
}

async function checkMachine(examination: Examination, away: Promise<string | null>): Promise<Check[]> {
  const { config, configCheck, brokerUrl, isBrokerConfigured } = examination;
  const ports = isBrokerConfigured ? [] : checkMqttPort(config.broker, tryBroker);
  const [mqtt, http, broker] = await Promise.all([ports, checkHttpPort(config.http), away]);
  return [
    checkNode(process.version, `${process.platform} ${process.arch}`),
    configCheck,
    checkBroker(withoutPassword(brokerUrl), broker, isBrokerConfigured),
    ...mqtt,
    http,
  ];
}

/** What the broker has kept of the mesh, or why that cannot be read; undefined without a broker. */
async function liveMesh(
  { openLink, clock }: Examination,
  topics: Topics,
  away: Promise<string | null>,
  signal: AbortSignal,
): Promise<LiveMesh | string | undefined> {
  if ((await away) !== null) return undefined;
  try {
    return await readLiveMesh(openLink, topics, clock, signal);
  } catch (error) {
    return reasonOf(error);
  }
}

function checksOfLive(live: LiveMesh | string, clock: Clock): Check[] {
  if (typeof live !== 'string') return checkLive(live, clock.nowSeconds());
  return [{ state: 'warning', name: 'status', words: live }];
}
