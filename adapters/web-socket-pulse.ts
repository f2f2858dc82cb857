import type { WebSocket } from 'ws';
import type { Clock } from '../contract/clock.js';

const PING_SECONDS = 30;

/**
 * Pings a WebSocket's other side every 30 s, and calls `dead` when nothing at all came from it in between.
 *
 * @returns stops it.
 * @see RFC 6455, 5.5.2: a ping is a keep-alive, and must be answered.
 */
export function watchPulse(webSocket: WebSocket, clock: Clock, dead: () => void): () => void {
  let isAlive = true;
  const heard = (): void => {
    isAlive = true;
  };
  webSocket.on('pong', heard).on('ping', heard).on('message', heard);
  return clock.every(PING_SECONDS, () => {
    if (webSocket.readyState !== webSocket.OPEN) return;
    if (!isAlive) return dead();
    isAlive = false;
    webSocket.ping();
  });
}
