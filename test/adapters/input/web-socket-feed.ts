import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { startWebServer } from './web-server.js';

/** A WebSocket server as somebody else would run it, that can die and come back at the same address. */
export interface WebSocketFeed extends AsyncDisposable {
  readonly url: string;
  /** Those that are connected. */
  readonly clients: ReadonlySet<WebSocket>;
  /** What each client, connected or not any more, asked with. */
  readonly headers: readonly IncomingHttpHeaders[];
  /** What clients have sent, in order. */
  readonly received: readonly string[];
  tell(message: string | Uint8Array): void;
  die(): Promise<void>;
  comeBack(): Promise<void>;
}

/** @param greet called with each client that connects; `isMute` answers no pings. */
export async function startWebSocketFeed({
  greet = () => {},
  isMute = false,
}: {
  greet?: (client: WebSocket) => void;
  isMute?: boolean;
} = {}): Promise<WebSocketFeed> {
  const web = await startWebServer((response) => response.writeHead(426).end());
  const server = new WebSocketServer({ noServer: true, autoPong: !isMute });
  const headers: IncomingHttpHeaders[] = [];
  const received: string[] = [];
  web.server.on('upgrade', (request: IncomingMessage, socket, head) => {
    server.handleUpgrade(request, socket, head, (client) => {
      headers.push(request.headers);
      client.on('message', (data) => received.push(String(data)));
      client.on('error', () => {});
      server.emit('connection', client);
      greet(client);
    });
  });
  const die = async (): Promise<void> => {
    for (const client of server.clients) client.terminate();
    await web.die();
  };
  return {
    url: `ws://${web.host}/feed`,
    clients: server.clients,
    headers,
    received,
    tell(message) {
      for (const client of server.clients) client.send(message);
    },
    die,
    comeBack: () => web.comeBack(),
    [Symbol.asyncDispose]: die,
  };
}

/** Connects to a WebSocket server; resolves with the connection, or with what the server answered instead. */
export async function connectTo(
  url: string,
  headers: Record<string, string> = {},
): Promise<WebSocket | string> {
  const client = new WebSocket(url, { headers });
  client.on('error', () => {});
  const refused = once(client, 'unexpected-response').then(async ([, response]) => {
    const { statusCode } = response as IncomingMessage;
    const body = (await (response as IncomingMessage).toArray()).join('');
    return `${statusCode} ${body.trim()}`;
  });
  return Promise.race([once(client, 'open').then(() => client), refused]);
}
