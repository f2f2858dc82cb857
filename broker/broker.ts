import type { Server } from 'node:http';
import { type Clock, within } from '../contract/clock.js';
import type { BrokerPort } from '../contract/link.js';
import type { Log } from '../contract/log.js';
import { createService, type Service } from '../contract/service.js';
import { createAttachments } from './attachments.js';
import { createConnections } from './connections.js';
import { createEngine } from './engine.js';
import { createFigures } from './figures.js';
import { parseListenAddress, requireLoopback } from './listen-address.js';
import { openListeners } from './listeners.js';
import { createMessageQueue } from './message-queue.js';
import { anonymousRights } from './rights.js';
import { MemoryStore } from './store/memory-store.js';
import { publishSysTopics } from './sys-topics.js';

export interface BrokerOptions {
  /** `mqtt://HOST:PORT` or `ws://HOST:PORT/mqtt`; port 0 lets the system choose. */
  readonly listen: readonly string[];
  /** Serves other machines, and web pages of other hosts, although there are no users. */
  readonly allowAnonymous: boolean;
  /** Of the software, for `$SYS/broker/version`. */
  readonly version: string;
}

export interface BrokerContext {
  readonly clock: Clock;
  readonly log: Log;
}

/** The embedded MQTT broker. */
export interface Broker extends Service {
  /** Where it listens, as URLs, in the order of `listen`. */
  readonly addresses: readonly string[];
  /** For links inside this process. */
  readonly port: BrokerPort;
  /** Serves MQTT over WebSocket at `/mqtt` of that server too; upgrades to other paths are left to others. */
  attachHttp(server: Server): void;
}

/** How long a stop waits at most for wills to be read, for sessions in this process, and for clients to go. */
const GOODBYE_SECONDS = { wills: 0.4, sessions: 0.2, clients: 0.2 } as const;

/**
 * Starts the broker; it serves when this resolves.
 *
 * @throws MeshError BROKER_LISTEN_INVALID, BROKER_NOT_LOOPBACK, BROKER_PORT_IN_USE; then nothing listens.
 */
export async function startBroker(options: BrokerOptions, { clock, log }: BrokerContext): Promise<Broker> {
  const wanted = options.listen.map(parseListenAddress);
  if (!options.allowAnonymous) requireLoopback(wanted);
  const [queue, store, figures] = [createMessageQueue(), new MemoryStore(), createFigures()];
  const engine = await createEngine({ clock, log, queue, store, rights: anonymousRights, figures });
  const attachments = createAttachments({ aedes: engine.aedes, queue, retained: store.retained, clock, log });
  const connections = createConnections(engine.aedes, options.allowAnonymous);
  const listeners = await openListeners(wanted, connections).catch(async (error) => {
    await engine.close();
    throw error;
  });
  const stopSysTopics = publishSysTopics({ ...options, clock, engine, queue, store, figures });
  const service = createService('broker', async () => {
    stopSysTopics();
    for (const listener of listeners) listener.stop();
    connections.stop();
    const wills = Promise.all([engine.publishWills(), attachments.publishWills()]);
    await within(clock, GOODBYE_SECONDS.wills, wills);
    await within(clock, GOODBYE_SECONDS.sessions, attachments.endAll());
    await within(clock, GOODBYE_SECONDS.clients, engine.close());
    connections.destroyAll();
  });
  return {
    ...service,
    addresses: listeners.map(({ address }) => address),
    port: attachments.port,
    attachHttp: (server) => connections.http(server),
  };
}
