import { join } from 'node:path';
import { inputDefinitions } from '../adapters/input/registry.js';
import { systemInput } from '../adapters/input/system.js';
import { outputDefinitions } from '../adapters/output/registry.js';
import { startOutputs } from '../adapters/run-outputs.js';
import type { OpenLink } from '../contract/link.js';
import { startNodeAgent } from '../node-agent/agent.js';
import { hostNodes } from '../node-agent/host-nodes.js';
import { startSyncWorker } from '../sync-worker/worker.js';
import { type Environment, hostName, partContext } from './environment.js';
import { followConfig } from './follow-config.js';
import { waysToOthers } from './mesh-way.js';
import { dataFolder } from './settings.js';

/** Starts the sync worker. */
export async function syncWorkerPart(
  environment: Environment,
  openLink: OpenLink,
  data?: string,
): Promise<void> {
  const { config, lifecycle } = environment;
  const settingsFile = join(dataFolder(data), 'sync-settings.json');
  const context = partContext(environment, 'sync-worker', openLink);
  lifecycle.add(await startSyncWorker({ config, settingsFile }, context, lifecycle.signal));
}

/** Starts the node agent: the configuration's nodes, or this host's own signals where it names none. */
export async function nodeAgentPart(
  environment: Environment,
  openLink: OpenLink,
  adoptsByDefault: boolean,
): Promise<void> {
  const { config, lifecycle } = environment;
  const options = {
    agent: hostName(),
    nodes: config.nodes ?? (await hostNodes(hostName(), systemInput)),
    hardware: config.hardware,
    zones: config.zones,
    collapse: config.mesh.collapse,
    adopt: { ...config.adopt, enabled: config.adopt.enabled ?? adoptsByDefault },
    inputs: inputDefinitions,
    openLinkTo: waysToOthers(environment),
  };
  const context = partContext(environment, 'node-agent', openLink);
  lifecycle.add(await startNodeAgent(options, context, lifecycle.signal));
}

/** Starts the outputs. */
export async function outputsPart(
  environment: Environment,
  openLink: OpenLink,
  data?: string,
): Promise<void> {
  const { config, lifecycle } = environment;
  const options = {
    outputs: config.outputs,
    definitions: outputDefinitions,
    terminal: process.stdout,
    dataFolder: dataFolder(data),
    openLinkTo: waysToOthers(environment),
  };
  const context = partContext(environment, 'adapters', openLink);
  followConfig(environment, lifecycle.add(await startOutputs(options, context, lifecycle.signal)));
}
