import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Aedes } from 'aedes';
import type { Serve } from './listeners.js';
import { serveWebSocket } from './web-socket.js';

/** Every network connection of the broker, whichever way it came. */
export interface Connections extends Serve {
  /** Accepts no WebSocket any more. */
  stop(): void;
  destroyAll(): void;
}

export function createConnections(aedes: Aedes, allowAnonymous: boolean): Connections {
  const open = new Set<Duplex>();
  const stops: (() => void)[] = [];
  const track = (connection: Duplex): Duplex => {
    open.add(connection);
    connection.once('close', () => open.delete(connection));
    return connection;
  };
  return {
    socket(connection) {
      aedes.handle(track(connection));
    },
    http(server: Server) {
      const accept = (connection: Duplex, request: IncomingMessage) =>
        aedes.handle(track(connection), request);
      stops.push(serveWebSocket(server, allowAnonymous, accept));
    },
    stop() {
      for (const stop of stops) stop();
    },
    destroyAll() {
      for (const connection of open) connection.destroy();
    },
  };
}
