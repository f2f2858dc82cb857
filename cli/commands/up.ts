import { serveBroker, serveHttp } from '../embedded-broker.js';
import { brokerUrl, type Environment, openEnvironment } from '../environment.js';
import { type MeshWay, wayOverMqtt } from '../mesh-way.js';
import type { PortOptions } from '../options.js';
import { runUntilStopped } from '../run.js';
import { nodeAgentPart, outputsPart, syncWorkerPart } from '../start-parts.js';

/** `becomingone up`: broker, sync worker, node agent and outputs in this process. */
export async function up(options: PortOptions): Promise<void> {
  const environment = await openEnvironment(options);
  await runUntilStopped(environment, async () => {
    const http = await serveHttp(environment, options);
    const { openLink, url } = await wayToTheMesh(environment, options, http);
    await syncWorkerPart(environment, openLink, options.data);
    await nodeAgentPart(environment, openLink, true);
    await outputsPart(environment, openLink, options.data);
    return `${url} ${http.url}`;
  });
}

/** Another broker where one is named, else one in this process. */
async function wayToTheMesh(
  environment: Environment,
  options: PortOptions,
  http: Awaited<ReturnType<typeof serveHttp>>,
): Promise<MeshWay> {
  if (brokerUrl(options, environment.config) !== undefined) return wayOverMqtt(environment, options);
  const { inProcessLinks } = await import('../../link/in-process-links.js');
  const broker = await serveBroker(environment, options, http);
  const log = environment.log.child({ component: 'link' });
  return { openLink: inProcessLinks({ port: broker.port, log }), url: broker.addresses[0] ?? '' };
}
