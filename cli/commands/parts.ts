import { serveBroker, serveHttp } from '../embedded-broker.js';
import { openEnvironment } from '../environment.js';
import { wayOverMqtt } from '../mesh-way.js';
import type { CommonOptions, DataOptions, PortOptions } from '../options.js';
import { runUntilStopped } from '../run.js';
import { nodeAgentPart, outputsPart, syncWorkerPart } from '../start-parts.js';

/** `becomingone broker`. */
export async function broker(options: PortOptions): Promise<void> {
  const environment = await openEnvironment(options);
  await runUntilStopped(environment, async () => {
    const http = await serveHttp(environment, options);
    const { addresses } = await serveBroker(environment, options, http);
    return `${addresses.join(' ')} ${http.url}`;
  });
}

/** `becomingone node-agent`. */
export async function nodeAgent(options: CommonOptions): Promise<void> {
  const environment = await openEnvironment(options);
  await runUntilStopped(environment, async () => {
    const { openLink, url } = await wayOverMqtt(environment, options);
    await nodeAgentPart(environment, openLink, false);
    return url;
  });
}

/** `becomingone sync-worker`. */
export async function syncWorker(options: DataOptions): Promise<void> {
  const environment = await openEnvironment(options);
  await runUntilStopped(environment, async () => {
    const { openLink, url } = await wayOverMqtt(environment, options);
    await syncWorkerPart(environment, openLink, options.data);
    return url;
  });
}

/** `becomingone adapters`. */
export async function adapters(options: DataOptions): Promise<void> {
  const environment = await openEnvironment(options);
  await runUntilStopped(environment, async () => {
    const { openLink, url } = await wayOverMqtt(environment, options);
    await outputsPart(environment, openLink, options.data);
    return url;
  });
}
