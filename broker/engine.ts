import { Aedes, type PublishPacket } from 'aedes';
import { logClients } from './client-log.js';
import { countPackets } from './figures.js';
import { createHooks, type HookParts } from './hooks.js';
import { MOST_KEEP_ALIVE_SECONDS } from './keep-alive.js';
import type { MessageQueue } from './message-queue.js';
import type { MemoryStore, StoredWill } from './store/memory-store.js';
import { makeBare } from './tables.js';

/** The largest packet a client may send, bytes. */
export const MOST_PACKET_BYTES = 256 * 1024;

export interface EngineParts extends HookParts {
  readonly queue: MessageQueue;
  readonly store: MemoryStore;
}

/** Aedes with our queue and store, and its faults mended: docs/decisions/0001-aedes-2-beta.md says which. */
export interface Engine {
  readonly aedes: Aedes;
  /** Names of the network clients that are connected. */
  readonly connected: ReadonlySet<string>;
  /** Publishes the wills of all clients to those that are connected, because the broker stops. */
  publishWills(): Promise<unknown>;
  close(): Promise<void>;
}

export async function createEngine(parts: EngineParts): Promise<Engine> {
  const { log, queue, store, figures } = parts;
  const hooks = createHooks(parts);
  const aedes = await Aedes.createBroker({
    mq: queue,
    persistence: store,
    maximumPacketSize: MOST_PACKET_BYTES,
    keepaliveLimit: MOST_KEEP_ALIVE_SECONDS,
    ...hooks.options,
  });
  hooks.brokerId = aedes.id;
  makeBare(aedes, 'clients');
  countPackets(aedes, figures);
  logClients(aedes, log);
  const publishWill = (will: StoredWill): Promise<void> =>
    new Promise((resolve) => {
      const packet: PublishPacket = { qos: 0, retain: false, ...will, cmd: 'publish', dup: false };
      if (hooks.judgeWill(packet) === null) aedes.publish(packet, () => resolve());
      else resolve();
    });
  return {
    aedes,
    connected: trackConnected(aedes, store),
    publishWills() {
      hooks.leaving = true;
      return Promise.all([...store.wills.values()].map(publishWill));
    },
    close() {
      hooks.stop();
      return new Promise((resolve) => aedes.close(resolve));
    },
  };
}

/** A session that ends with its connection leaves nothing behind. */
function trackConnected(aedes: Aedes, store: MemoryStore): ReadonlySet<string> {
  const connected = new Set<string>();
  aedes.on('client', ({ id }) => connected.add(id));
  aedes.on('clientDisconnect', ({ id, clean }) => {
    connected.delete(id);
    if (clean) store.sessions.forget(id);
  });
  return connected;
}
