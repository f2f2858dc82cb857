import { createServer } from 'node:net';
import { parseListenAddress } from '../../broker/listen-address.js';
import type { Config } from '../../contract/config/schema.js';
import { reasonOf } from '../../contract/errors.js';
import type { Check } from './check.js';
import type { TryBroker } from './try-broker.js';

/** The first version that everything is tested with; see the manifest. */
const LEAST_NODE = 20;
const HEALTH_MS = 1000;

/** The version of Node that runs this, and what it runs on. */
export function checkNode(version: string, platform: string): Check {
  const isEnough = Number(/^v?(\d+)/.exec(version)?.[1]) >= LEAST_NODE;
  return isEnough
    ? { state: 'ok', name: 'node', words: `${version} on ${platform}` }
    : {
        state: 'problem',
        name: 'node',
        words: `found ${version}, expected ${LEAST_NODE} or newer: https://nodejs.org`,
      };
}

/**
 * Whether there is a broker to meet at.
 *
 * @param url without a password.
 * @param away why it cannot be reached; null when it can.
 * @param isConfigured whether somebody named it, or it is where `becomingone up` would serve.
 */
export function checkBroker(url: string, away: string | null, isConfigured: boolean): Check {
  const name = 'broker';
  if (away === null) return { state: 'ok', name, words: `${url} takes us` };
  if (!isConfigured)
    return { state: 'warning', name, words: `none at ${url} (${away}); npm start brings its own` };
  return {
    state: 'problem',
    name,
    words: `${url} cannot be reached: ${away}; start it, or name another with --broker`,
  };
}

/** Whether `becomingone up` could serve MQTT where the configuration says. */
export async function checkMqttPort({ listen }: Config['broker'], tryBroker: TryBroker): Promise<Check[]> {
  return Promise.all(
    listen.map(async (text): Promise<Check> => {
      const name = text;
      try {
        const { host, port } = parseListenAddress(text);
        const fault = await listenFault(host, port);
        if (fault === null) return { state: 'ok', name, words: 'free: npm start can serve here' };
        if (fault !== 'EADDRINUSE') return { state: 'warning', name, words: `cannot be served: ${fault}` };
        const away = await tryBroker(text);
        return away === null
          ? {
              state: 'ok',
              name,
              words: 'taken by a broker: this mesh, or another that npm start -- --broker can use',
            }
          : {
              state: 'warning',
              name,
              words: `taken by what is no broker (${away}); npm start needs --port N`,
            };
      } catch (error) {
        return { state: 'problem', name, words: reasonOf(error) };
      }
    }),
  );
}

/** Whether `becomingone up` could serve HTTP where the configuration says. */
export async function checkHttpPort({ listen }: Config['http']): Promise<Check> {
  const name = `http://${listen}`;
  const split = listen.lastIndexOf(':');
  const fault = await listenFault(
    listen.slice(0, split).replace(/^\[|\]$/g, ''),
    Number(listen.slice(split + 1)),
  );
  if (fault === null) return { state: 'ok', name, words: 'free: npm start can serve here' };
  if (fault !== 'EADDRINUSE') return { state: 'warning', name, words: `cannot be served: ${fault}` };
  const version = await versionAt(name);
  return version === undefined
    ? { state: 'warning', name, words: 'taken by another program; npm start needs --http-port N' }
    : { state: 'ok', name, words: `becomingone ${version} serves here` };
}

/** Why nobody can listen there; null when one can. */
function listenFault(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? reasonOf(error)));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}

/** The version of the becomingone that serves there; undefined where something else does. */
async function versionAt(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(HEALTH_MS) });
    const health = (await answer.json()) as { status?: unknown; version?: unknown } | null;
    return health?.status === 'ok' && typeof health.version === 'string' ? health.version : undefined;
  } catch {
    return undefined;
  }
}
