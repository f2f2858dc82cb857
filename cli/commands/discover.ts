import { writeFile } from 'node:fs/promises';
import { withoutPassword } from '../../contract/broker-url.js';
import { systemClock } from '../../contract/clock.js';
import { parseConfig } from '../../contract/config/load.js';
import { MeshError, reasonOf } from '../../contract/errors.js';
import { hearHouse } from '../discover/hear-house.js';
import { recogniseHouse } from '../discover/house.js';
import { createProgress } from '../discover/progress.js';
import { type Origin, writeConfig } from '../discover/write-config.js';
import { tryBroker } from '../doctor/try-broker.js';
import { brokerUrl, brokerUrlOrDefault, type Environment, openEnvironment } from '../environment.js';
import { wayOverMqtt } from '../mesh-way.js';
import type { DiscoverOptions } from '../options.js';
import { configSchema } from '../settings.js';

/** Where the configuration goes is not known: a name for the sentences that say what to do with it. */
const SOME_FILE = 'house.yaml';

const CONNECT_SECONDS = 10;

/** `becomingone discover`. */
export async function discover(options: DiscoverOptions): Promise<void> {
  const logLevel = options.logLevel === 'info' ? 'warn' : options.logLevel;
  const environment = await openEnvironment({ ...options, logLevel });
  try {
    await discoverWith(environment, options);
  } finally {
    await environment.lifecycle.stop();
  }
}

async function discoverWith(environment: Environment, options: DiscoverOptions): Promise<void> {
  const { signal } = environment.lifecycle;
  const { openLink, url } = await wayOverMqtt(environment, options);
  const away = await tryBroker(brokerUrlOrDefault(options, environment.config), CONNECT_SECONDS);
  if (signal.aborted) return;
  if (away !== null)
    throw new MeshError('LINK_AWAY', `${url}: ${away}; --broker mqtt://HOST:PORT names another`);
  const { prefix } = environment.config.mesh;
  const isOwn = (topic: string): boolean => topic.startsWith(`${prefix}/`);
  const { seconds } = options;
  const progress = createProgress(process.stderr, url, seconds);
  const { heard, brokerVersion } = await hearHouse(
    { openLink, clock: systemClock, seconds, isOwn, progress: progress.tell },
    signal,
  );
  const house = recogniseHouse(heard, isOwn);
  progress.end(house, heard);
  if (heard.topics.size === 0) return;
  const text = writeConfig(house, originOf(environment, options, brokerVersion, heard));
  parseConfig(text, options.write ?? 'what discover wrote', configSchema);
  await put(text, options.write);
}

/** Refuses to replace a file, even one that has come since the start. */
async function put(text: string, file: string | undefined): Promise<void> {
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    throw new Error(`cannot write ${file}: ${reasonOf(error)}`, { cause: error });
  }
  process.stderr.write(`wrote ${file}\n`);
}

function originOf(
  { config }: Environment,
  options: DiscoverOptions,
  brokerVersion: string | undefined,
  heard: {
    readonly messages: number;
    readonly passedOver: number;
    readonly topics: ReadonlyMap<string, unknown>;
  },
): Origin {
  const full = brokerUrlOrDefault(options, config);
  const url = withoutPassword(full);
  // Where another program is the broker, the mesh must use that, for it cannot be one at the same place.
  const isOther = brokerUrl(options, config) !== undefined || isForeign(brokerVersion);
  return {
    url,
    seconds: options.seconds,
    messages: heard.messages,
    topics: heard.topics.size,
    passedOver: heard.passedOver,
    brokerUrl: isOther ? url : undefined,
    hasUser: url !== full,
    prefix: config.mesh.prefix,
    file: options.write ?? SOME_FILE,
  };
}

function isForeign(version: string | undefined): boolean {
  return version !== undefined && !version.startsWith('becomingone');
}
