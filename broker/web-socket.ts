import type { IncomingMessage, Server } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import { isLoopback, isOwnName } from '../contract/own-host.js';
import { MOST_PACKET_BYTES } from './engine.js';
import { WEB_SOCKET_PATH } from './listen-address.js';

/** A frame may hold several packets. */
const MOST_FRAME_BYTES = 4 * MOST_PACKET_BYTES;

export type AcceptWebSocket = (connection: Duplex, request: IncomingMessage) => void;

/**
 * Serves MQTT over WebSocket at `/mqtt` of an HTTP server; upgrades to other paths are left to others.
 *
 * Without `allowAnonymous` it serves this machine alone, whatever the server listens on, and no web page but this
 * machine's own: a browser lets any page open a WebSocket to anywhere.
 *
 * @returns stops accepting; connections stay.
 */
export function serveWebSocket(http: Server, allowAnonymous: boolean, accept: AcceptWebSocket): () => void {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_FRAME_BYTES,
    handleProtocols: (offered) =>
      offered.has('mqtt') ? 'mqtt' : offered.has('mqttv3.1') ? 'mqttv3.1' : false,
  });
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (request.url?.split('?', 1)[0] !== WEB_SOCKET_PATH) {
      const isAlone = http.listenerCount('upgrade') === 1;
      if (isAlone) refuse(socket, '404 Not Found', `MQTT is at ${WEB_SOCKET_PATH}.`);
      return;
    }
    const fault = allowAnonymous ? null : originFault(request);
    if (fault !== null) {
      refuse(socket, '403 Forbidden', fault);
      return;
    }
    if (socket instanceof Socket) socket.setNoDelay(true);
    server.handleUpgrade(request, socket, head, (webSocket) => accept(streamOf(webSocket), request));
  };
  http.on('upgrade', onUpgrade);
  return () => http.off('upgrade', onUpgrade);
}

function refuse(socket: Duplex, status: string, reason: string): void {
  socket.on('error', () => {});
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n${reason}\n`);
}

/** The engine writes a packet in several pieces; they leave as one frame. */
function streamOf(webSocket: WebSocket): Duplex {
  return createWebSocketStream(webSocket, {
    writev(chunks, done) {
      webSocket.send(Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer)), done);
    },
  });
}

/** Why a request is not from this machine, in a sentence; null when it is. */
function originFault({ socket, headers }: IncomingMessage): string | null {
  if (!isLoopback(socket.remoteAddress ?? '')) {
    return 'Serving other machines needs users, or broker: { allow_anonymous: true } in the configuration.';
  }
  if (headers.origin === undefined) return null;
  const own = URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host;
  return own && isOwnName(new URL(headers.origin).hostname)
    ? null
    : 'Serving pages of other hosts needs broker: { allow_anonymous: true } in the configuration.';
}
