import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web server as somebody else would run it, that can die and come back at the same address. */
export interface WebServer extends AsyncDisposable {
  /** Without a path. */
  readonly origin: string;
  /** HOST:PORT. */
  readonly host: string;
  readonly server: Server;
  readonly requests: readonly IncomingMessage[];
  /** The most requests that were open at one time. */
  readonly mostOpen: number;
  die(): Promise<void>;
  comeBack(): Promise<void>;
}

export type Answer = (response: ServerResponse, index: number, request: IncomingMessage) => void;

/** @param answer ends the response, or does not. `index` counts the requests from 0. */
export async function startWebServer(answer: Answer): Promise<WebServer> {
  const requests: IncomingMessage[] = [];
  const open = { now: 0, most: 0 };
  const server = createServer((request, response) => {
    open.now += 1;
    open.most = Math.max(open.most, open.now);
    response.once('close', () => {
      open.now -= 1;
    });
    requests.push(request);
    answer(response, requests.length - 1, request);
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const die = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    origin: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    server,
    requests,
    get mostOpen() {
      return open.most;
    },
    die,
    comeBack: () => listen(port),
    [Symbol.asyncDispose]: die,
  };
}
