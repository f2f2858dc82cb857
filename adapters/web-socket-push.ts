import type { WebSocket } from 'ws';
import { type Clock, sleep } from '../contract/clock.js';
import { reasonOf } from '../contract/errors.js';
import { show } from '../contract/explain.js';
import { backoffSeconds } from './backoff.js';
import { withoutSecrets } from './http-request.js';
import type { WebSocketAudience } from './web-socket-audience.js';
import { watchPulse } from './web-socket-pulse.js';

/** A connection that stood so long was none that the server turned away. */
const STANDING_SECONDS = 10;
/** Whoever is pushed to has nothing to say. */
const MOST_MESSAGE_BYTES = 64 * 1024;
/** @see RFC 6455, 7.4.1: what stands for a connection that ended without a goodbye. */
const BROKEN_OFF = 1006;

export interface PushOptions {
  readonly url: string;
  /** What a connection is asked for with, read anew for each. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  /** Seconds that a connection may take to stand. */
  readonly timeoutSeconds: number;
}

/**
 * Keeps a server in the audience until `signal` aborts: connects, and connects again, later at each failure. Never
 * rejects.
 *
 * @param degrade gets a sentence while there is no connection, and null when there is one again.
 */
export async function pushTo(
  options: PushOptions,
  audience: WebSocketAudience,
  clock: Clock,
  degrade: (reason: string | null) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    let openedAt = Number.POSITIVE_INFINITY;
    const opened = (webSocket: WebSocket): void => {
      openedAt = clock.monotonicSeconds();
      degrade(null);
      audience.add(webSocket);
    };
    const reason = await connection(options, clock, opened, signal).catch(reasonOf);
    if (signal.aborted) return;
    degrade(`${withoutSecrets(options.url)}: ${reason}`);
    if (clock.monotonicSeconds() - openedAt >= STANDING_SECONDS) failures = 1;
    await sleep(clock, backoffSeconds(failures, Math.random()), signal);
  }
}

/** Resolves with why a connection ended or could not be made, in a sentence; at `signal` at the latest. */
async function connection(
  { url, headers, timeoutSeconds }: PushOptions,
  clock: Clock,
  opened: (webSocket: WebSocket) => void,
  signal: AbortSignal,
): Promise<string> {
  const { WebSocket } = await import('ws');
  const all = { 'user-agent': 'becomingone', ...(await headers()) };
  const settings = { headers: all, maxPayload: MOST_MESSAGE_BYTES, perMessageDeflate: false };
  const webSocket = new WebSocket(url, settings);
  const stops: (() => void)[] = [];
  const reason = await new Promise<string>((end) => {
    const abort = (): void => end('stopped');
    signal.addEventListener('abort', abort, { once: true });
    stops.push(
      () => signal.removeEventListener('abort', abort),
      clock.after(timeoutSeconds, () => {
        if (webSocket.readyState === webSocket.CONNECTING) end(`no connection within ${timeoutSeconds} s`);
      }),
      watchPulse(webSocket, clock, () => end('it answered no ping')),
    );
    webSocket.on('open', () => opened(webSocket));
    watchEnd(webSocket, end);
    if (signal.aborted) abort();
  });
  for (const stop of stops) stop();
  // The goodbye leaves with what is sent at once; the other side is not waited for.
  webSocket.close();
  webSocket.terminate();
  return reason;
}

function watchEnd(webSocket: WebSocket, end: (reason: string) => void): void {
  webSocket.on('unexpected-response', (_request, { statusCode, statusMessage }) =>
    end(`answered ${statusCode} ${statusMessage}, expected a WebSocket`),
  );
  webSocket.on('error', (error) => end(reasonOf(error)));
  webSocket.on('close', (code, said) => {
    const why = said.length === 0 ? '' : `, saying ${show(String(said))}`;
    end(code === BROKEN_OFF ? 'the connection broke off' : `the server closed it (code ${code})${why}`);
  });
}
