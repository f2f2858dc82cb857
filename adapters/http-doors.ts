import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { reasonOf } from '../contract/errors.js';

/** What stands at a path of an address: it answers requests or upgrades, for whoever has entered it. */
export interface Site {
  request?(request: IncomingMessage, response: ServerResponse): void;
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Everybody has left it. */
  close?(): void;
}

/** What a site takes. */
export type SiteKind = 'POST' | 'WebSocket';

/** A site that has been entered; it stands until everybody has left. */
export interface Entry<S extends Site> {
  readonly site: S;
  leave(): void;
}

interface Door {
  readonly server: Server;
  readonly listening: Promise<void>;
  readonly sites: Map<string, { readonly site: Site; visitors: number }>;
  visitors: number;
}

/** A sensor speaks in one breath; who takes longer holds a place that others need. */
const LONGEST_REQUEST_MS = 15_000;
const MOST_CONNECTIONS = 128;

/** One server an address, however many inputs name it. */
const doors = new Map<string, Door>();

/**
 * Enters the site at a path of an address, which is made, and the server with it, where there is none yet.
 *
 * @param listen HOST:PORT.
 * @param kind what the site does: sites of two kinds may stand at one path.
 * @throws Error with a sentence when the address cannot be listened on.
 */
export async function enterSite<S extends Site>(
  listen: string,
  kind: SiteKind,
  route: string,
  createSite: () => S,
): Promise<Entry<S>> {
  const door = doors.get(listen) ?? openDoor(listen);
  door.visitors += 1;
  const key = keyOf(kind, route);
  const room = door.sites.get(key) ?? { site: createSite(), visitors: 0 };
  door.sites.set(key, room);
  room.visitors += 1;
  let hasLeft = false;
  const leave = (): void => {
    if (hasLeft) return;
    hasLeft = true;
    leaveRoom(door, key, room);
    door.visitors -= 1;
    if (door.visitors === 0) closeDoor(listen, door);
  };
  try {
    await door.listening;
  } catch (error) {
    leave();
    throw error;
  }
  return { site: room.site as S, leave };
}

function leaveRoom({ sites }: Door, key: string, room: { readonly site: Site; visitors: number }): void {
  room.visitors -= 1;
  if (room.visitors > 0) return;
  sites.delete(key);
  room.site.close?.();
}

function openDoor(listen: string): Door {
  const sites: Door['sites'] = new Map();
  const server = createServer({
    noDelay: true,
    requestTimeout: LONGEST_REQUEST_MS,
    headersTimeout: LONGEST_REQUEST_MS,
    connectionsCheckingInterval: 1000,
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.on('request', (request, response) => {
    const path = pathOf(request);
    const site = sites.get(keyOf('POST', path))?.site;
    if (site?.request !== undefined) return site.request(request, response);
    const isWebSocket = sites.has(keyOf('WebSocket', path));
    if (isWebSocket) answer(response, 426, `${path} takes WebSockets`, { upgrade: 'websocket' });
    else answer(response, 404, `there is nothing at ${path}`);
  });
  server.on('upgrade', (request, socket, head) => {
    const path = pathOf(request);
    const site = sites.get(keyOf('WebSocket', path))?.site;
    if (site?.upgrade === undefined)
      refuseUpgrade(socket, '404 Not Found', `there is no WebSocket at ${path}`);
    else site.upgrade(request, socket, head);
  });
  const door = { server, sites, visitors: 0, listening: listenOn(server, listen) };
  doors.set(listen, door);
  return door;
}

function listenOn(server: Server, listen: string): Promise<void> {
  const split = listen.lastIndexOf(':');
  const host = listen.slice(0, split).replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      const reason = isTaken ? 'another program listens there, expected a free port' : reasonOf(error);
      reject(new Error(`cannot listen on ${listen}: ${reason}`, { cause: error }));
    });
    server.listen({ host, port: Number(listen.slice(split + 1)) }, () => {
      server.on('error', () => {});
      resolve();
    });
  });
}

function closeDoor(listen: string, { server }: Door): void {
  doors.delete(listen);
  server.close();
  server.closeAllConnections();
}

function keyOf(kind: SiteKind, route: string): string {
  return `${kind} ${route}`;
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}

/** Answers a request with a sentence in JSON. */
export function answer(
  response: ServerResponse,
  status: number,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(`${JSON.stringify({ error })}\n`);
}

/** Refuses an upgrade with a sentence. */
export function refuseUpgrade(socket: Duplex, status: string, reason: string): void {
  socket.on('error', () => {});
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n${reason}\n`);
}
