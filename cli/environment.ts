import { hostname } from 'node:os';
import { systemClock } from '../contract/clock.js';
import type { Config } from '../contract/config/schema.js';
import type { OpenLink } from '../contract/link.js';
import type { Log } from '../contract/log.js';
import { toLegalName } from '../contract/names.js';
import { newSession, type PartContext } from '../contract/part.js';
import { createTopics } from '../contract/topics.js';
import { Lifecycle } from './lifecycle.js';
import { createLogger } from './logger.js';
import type { CommonOptions } from './options.js';
import { findConfigFile, readSettings } from './settings.js';
import { readVersion } from './version.js';

/** What every command starts from. */
export interface Environment {
  readonly config: Config;
  /** Where the configuration stands; undefined where every default holds. */
  readonly configFile: string | undefined;
  readonly log: Log;
  readonly lifecycle: Lifecycle;
  readonly version: string;
}

export async function openEnvironment(options: CommonOptions): Promise<Environment> {
  const configFile = findConfigFile(options.config);
  const config = await readSettings(configFile);
  const log = await createLogger(options.logLevel);
  return { config, configFile, log, lifecycle: new Lifecycle(log), version: readVersion() };
}

/** What a part is handed, with a session of its own. */
export function partContext(
  { config, log, version }: Environment,
  part: string,
  openLink: OpenLink,
): PartContext {
  return {
    topics: createTopics(config.mesh.prefix),
    openLink,
    clock: systemClock,
    log: log.child({ component: part }),
    session: newSession(),
    version,
  };
}

/** The broker to talk to: `--broker`, broker.url; undefined where neither is given. */
export function brokerUrl(options: CommonOptions, config: Config): string | undefined {
  return options.broker ?? config.broker.url;
}

/** The broker to talk to for a part that has none of its own: as given, else where `becomingone broker` listens. */
export function brokerUrlOrDefault(options: CommonOptions, config: Config): string {
  return (
    brokerUrl(options, config) ??
    config.broker.listen.find((address) => address.startsWith('mqtt:')) ??
    'mqtt://127.0.0.1:1883'
  );
}

/** This machine's name as nodes and agents carry it. */
export function hostName(): string {
  return toLegalName(hostname());
}
