import type { AedesPublishPacket, Client } from 'aedes';
import type { Clock } from '../contract/clock.js';
import type { Log } from '../contract/log.js';
import type { Figures } from './figures.js';

/**
 * Keeps a client that stopped reading from holding up those who publish to it.
 *
 * The engine waits for a full socket, which slows publishers down to what a healthy client can take. A socket that
 * stays full is waited for no longer: QoS 0 messages to it are dropped until it has caught up, and it is cut off when
 * the others pile up.
 */
export interface SlowClients {
  /** Whether a message may be written now to a client whose socket is full. */
  mayWrite(client: Client, packet: AedesPublishPacket): boolean;
  stop(): void;
}

/** A socket that is full at two looks in a row is waited for no longer. */
const LOOK_SECONDS = 0.25;
/** What may wait in a socket before its client is cut off. */
const MOST_WAITING_BYTES = 1 << 20;

interface Congestion {
  readonly client: Client;
  looks: number;
  dropped: number;
}

export function createSlowClients(clock: Clock, log: Log, figures: Figures): SlowClients {
  const congested = new Map<Client['conn'], Congestion>();
  const look = (congestion: Congestion): void => {
    const { client, dropped } = congestion;
    const { conn, id } = client;
    if (conn.destroyed || !conn.writableNeedDrain) {
      congested.delete(conn);
      if (congestion.looks > 1) log.info({ client: id, dropped }, 'a client that was too slow has caught up');
      return;
    }
    congestion.looks += 1;
    if (congestion.looks === 2) log.warn({ client: id }, 'a client is too slow: it misses QoS 0 messages');
    if (conn.writableLength > MOST_WAITING_BYTES) {
      log.warn({ client: id, waitingBytes: conn.writableLength }, 'a client is too slow: it was cut off');
      conn.destroy();
    } else if (congestion.looks > 1) {
      // The engine waits for this event; from here on it would wait in vain.
      conn.emit('drain');
    }
  };
  const stop = clock.every(LOOK_SECONDS, () => {
    for (const congestion of congested.values()) look(congestion);
  });
  return {
    stop,
    mayWrite(client, packet) {
      const known = congested.get(client.conn);
      if (known === undefined) congested.set(client.conn, { client, looks: 0, dropped: 0 });
      if (known === undefined || known.looks < 2 || packet.qos > 0) return true;
      known.dropped += 1;
      figures.publishDropped += 1;
      return false;
    },
  };
}
