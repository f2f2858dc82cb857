import type { IncomingMessage } from 'node:http';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../contract/clock.js';
import type { BearerOptions } from './bearer.js';
import { enterSite, refuseUpgrade, type Site } from './http-doors.js';
import { createGate, type ListenOptions } from './receiver.js';
import type { WebSocketAudience } from './web-socket-audience.js';
import { watchPulse } from './web-socket-pulse.js';

/** Whoever connects is to hear, not to speak. */
const MOST_MESSAGE_BYTES = 1024;
/** @see RFC 6455, 7.4.1 */
const GOING_AWAY = 1001;

export interface BroadcastOptions extends ListenOptions, BearerOptions {
  readonly listen: string;
  readonly max_clients: number;
}

/**
 * Lets others join an audience, at an address that inputs and outputs may share.
 *
 * @returns ends it, and every connection.
 * @throws Error with a sentence when the address cannot be served, or is reached by others and has no token.
 */
export async function openBroadcast(
  options: BroadcastOptions,
  audience: WebSocketAudience,
  clock: Clock,
): Promise<() => void> {
  const { listen, route } = options;
  const refusal = await createGate(options);
  const { WebSocketServer } = await import('ws');
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  let own: Site | undefined;
  const { leave } = await enterSite(listen, 'WebSocket', route, () => {
    own = createBroadcastSite(server, audience, options, refusal, clock);
    return own;
  });
  if (own !== undefined) return leave;
  leave();
  throw new Error(
    `another input or output takes WebSockets at ws://${listen}${route}, expected another route`,
  );
}

function createBroadcastSite(
  server: WebSocketServer,
  audience: WebSocketAudience,
  { max_clients }: BroadcastOptions,
  refusalOf: Awaited<ReturnType<typeof createGate>>,
  clock: Clock,
): Site {
  const serve = (client: WebSocket): void => {
    client.on('error', () => {});
    client.on(
      'close',
      watchPulse(client, clock, () => client.terminate()),
    );
    audience.add(client);
  };
  return {
    upgrade(request, socket, head) {
      const refusal = refusalOf(request);
      if (refusal?.status === 401) return refuseUpgrade(socket, '401 Unauthorized', refusal.reason);
      if (refusal !== null) return refuseUpgrade(socket, '403 Forbidden', pageRefusal(request));
      if (audience.size >= max_clients) {
        const reason = `${max_clients} are connected, which is as many as max_clients lets in`;
        return refuseUpgrade(socket, '503 Service Unavailable', reason);
      }
      server.handleUpgrade(request, socket, head, serve);
    },
    close: () => audience.hangUp(GOING_AWAY),
  };
}

function pageRefusal({ headers }: IncomingMessage): string {
  return `pages of ${headers.origin} may listen only if origins lists it`;
}
