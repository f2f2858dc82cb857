import type { ClientOptions, WebSocket } from 'ws';
import type { Clock } from '../contract/clock.js';
import { reasonOf } from '../contract/errors.js';
import { show } from '../contract/explain.js';
import { withoutSecrets } from './http-request.js';
import { watchIdle } from './idle-limit.js';
import { watchPulse } from './web-socket-pulse.js';
import { MOST_MESSAGE_BYTES } from './web-socket-site.js';

/** @see RFC 6455, 7.4.1: what stands for a connection that ended without a goodbye. */
const BROKEN_OFF = 1006;

export interface WebSocketClientOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What is sent once the connection stands, in this order. */
  readonly hello: readonly string[];
  /** Seconds that the connection may take to stand. */
  readonly timeoutSeconds: number;
  /** Seconds without a message after which the connection counts as dead; without it none are too many. */
  readonly idleSeconds: number | undefined;
}

export interface WebSocketEvents {
  opened?(): void;
  /** The text of every message; a binary one is taken for UTF-8. */
  message(text: string): void;
}

/**
 * Hears a WebSocket server until `signal` aborts.
 *
 * @throws Error with a sentence when the connection cannot be made, ends, or is dead.
 */
export async function hearWebSocket(
  options: WebSocketClientOptions,
  clock: Clock,
  signal: AbortSignal,
  events: WebSocketEvents,
): Promise<void> {
  const { WebSocket } = await import('ws');
  if (signal.aborted) return;
  const webSocket = new WebSocket(options.url, clientOptions(options));
  const place = withoutSecrets(options.url);
  let ends: readonly (() => void)[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string): void => reject(new Error(`${place}: ${reason}`));
      const stop = (): void => resolve();
      signal.addEventListener('abort', stop);
      ends = [
        () => signal.removeEventListener('abort', stop),
        ...watch(webSocket, options, clock, fail, events),
      ];
    });
  } finally {
    for (const end of ends) end();
    webSocket.removeAllListeners('message');
    // The goodbye leaves with what is sent at once; the other side is not waited for.
    webSocket.close();
    webSocket.terminate();
  }
}

function clientOptions({ headers }: WebSocketClientOptions): ClientOptions {
  const all = { 'user-agent': 'becomingone', ...headers };
  return { headers: all, maxPayload: MOST_MESSAGE_BYTES, perMessageDeflate: false, followRedirects: false };
}

/** Wires up a WebSocket from before its handshake on. @returns what stops its timers. */
function watch(
  webSocket: WebSocket,
  { hello, timeoutSeconds, idleSeconds }: WebSocketClientOptions,
  clock: Clock,
  fail: (reason: string) => void,
  { opened, message }: WebSocketEvents,
): (() => void)[] {
  const idle = watchIdle(clock, idleSeconds, () => fail(`no message came for ${idleSeconds} s`));
  const stopTimeout = clock.after(timeoutSeconds, () => {
    if (webSocket.readyState === webSocket.CONNECTING) fail(`no connection within ${timeoutSeconds} s`);
  });
  const stopPulse = watchPulse(webSocket, clock, () => fail('it answered no ping'));
  webSocket.on('open', () => {
    for (const text of hello) webSocket.send(text);
    opened?.();
  });
  webSocket.on('message', (data) => {
    idle.heard();
    message(String(data));
  });
  webSocket.on('unexpected-response', (_request, { statusCode, statusMessage }) =>
    fail(`answered ${statusCode} ${statusMessage}, expected a WebSocket`),
  );
  webSocket.on('error', (error) => fail(reasonOf(error)));
  webSocket.on('close', (code, reason) => {
    const why = reason.length === 0 ? '' : `, saying ${show(String(reason))}`;
    fail(code === BROKEN_OFF ? 'the connection broke off' : `the server closed it (code ${code})${why}`);
  });
  return [idle.stop, stopTimeout, stopPulse];
}
