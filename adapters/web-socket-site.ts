import type { IncomingMessage } from 'node:http';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../contract/clock.js';
import { reasonOf } from '../contract/errors.js';
import { refuseUpgrade } from './http-doors.js';
import type { ReceivingSite } from './receive.js';
import { admit, type Receiver } from './receiver.js';
import { watchPulse } from './web-socket-pulse.js';

export const MOST_MESSAGE_BYTES = 1024 * 1024;
const STATUS_TEXTS = { 401: '401 Unauthorized', 403: '403 Forbidden' } as const;

/**
 * A path that takes WebSockets; what comes over one goes to every receiver whose token it carried.
 *
 * @param server one of `noServer`, which does the handshakes.
 */
export function createWebSocketSite(server: WebSocketServer, clock: Clock): ReceivingSite {
  const receivers = new Set<Receiver>();
  const connections = new Map<WebSocket, IncomingMessage>();
  const fedBy = (request: IncomingMessage): readonly Receiver[] => {
    const admission = admit(receivers, request);
    return 'reason' in admission ? [] : admission;
  };
  const serve = (webSocket: WebSocket, request: IncomingMessage): void => {
    let reason = 'it was closed';
    connections.set(webSocket, request);
    const stopPulse = watchPulse(webSocket, clock, () => {
      reason = 'it answered no ping';
      webSocket.terminate();
    });
    webSocket.on('error', (error) => {
      reason = reasonOf(error);
    });
    webSocket.on('message', (data) => {
      const text = String(data);
      for (const receiver of fedBy(request)) receiver.take(text);
    });
    webSocket.on('close', () => {
      stopPulse();
      connections.delete(webSocket);
      for (const receiver of fedBy(request)) {
        const others = [...connections.values()].filter((other) => receiver.refusal(other) === null);
        receiver.left(reason, others.length);
      }
    });
  };
  return {
    receivers,
    upgrade(request, socket, head) {
      const admission = admit(receivers, request);
      if ('reason' in admission)
        return refuseUpgrade(socket, STATUS_TEXTS[admission.status], admission.reason);
      server.handleUpgrade(request, socket, head, serve);
    },
    close() {
      for (const webSocket of connections.keys()) webSocket.terminate();
    },
  };
}
