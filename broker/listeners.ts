import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { MeshError, reasonOf } from '../contract/errors.js';
import { formatListenAddress, type ListenAddress } from './listen-address.js';

/** A listener that serves. */
export interface Listener {
  /** With the port that the system chose, if it was to. */
  readonly address: string;
  /** Accepts nobody any more; connections stay. */
  stop(): void;
}

/** What serves the connections of each kind of listener. */
export interface Serve {
  socket(connection: Duplex): void;
  http(server: HttpServer): void;
}

/** Small messages leave at once, and a peer that lost power is noticed even without an MQTT keep-alive. */
const SOCKET_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 } as const;

/** @throws MeshError BROKER_PORT_IN_USE, BROKER_LISTEN_INVALID; then none of them listens. */
export async function openListeners(addresses: readonly ListenAddress[], serve: Serve): Promise<Listener[]> {
  const listeners: Listener[] = [];
  try {
    for (const address of addresses) listeners.push(await openListener(address, serve));
  } catch (error) {
    for (const listener of listeners) listener.stop();
    throw error;
  }
  return listeners;
}

async function openListener(address: ListenAddress, serve: Serve): Promise<Listener> {
  const server =
    address.scheme === 'ws' ? webSocketServer(serve) : createServer(SOCKET_OPTIONS, serve.socket);
  server.listen({ host: address.host, port: address.port });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenError(address, error);
  }
  const { port } = server.address() as AddressInfo;
  return { address: formatListenAddress({ ...address, port }), stop: () => void server.close() };
}

function webSocketServer(serve: Serve): Server {
  const server = createHttpServer(SOCKET_OPTIONS, (_request, response) => {
    response.writeHead(426, { Upgrade: 'websocket' }).end('MQTT over WebSocket is served here.\n');
  });
  serve.http(server);
  return server;
}

function listenError(address: ListenAddress, error: unknown): MeshError {
  const where = formatListenAddress(address);
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
    return new MeshError('BROKER_LISTEN_INVALID', `${where}: ${reasonOf(error)}`, { cause: error });
  }
  const hint =
    address.port === 1883
      ? '; it is often a Mosquitto already: use it with --broker mqtt://127.0.0.1:1883'
      : '';
  return new MeshError('BROKER_PORT_IN_USE', `${where}${hint}`, { cause: error });
}
