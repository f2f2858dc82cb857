import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MeshError, reasonOf } from '../contract/errors.js';
import { createService, type Service } from '../contract/service.js';

/** The process's one HTTP server; the broker's WebSocket door, the dashboard and the APIs share it. */
export interface HttpServer extends Service {
  readonly server: Server;
  /** Where it listens, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
}

/**
 * Serves `GET /healthz`, and 404 for the rest.
 *
 * @param listen HOST:PORT; port 0 takes a free one.
 * @throws MeshError BROKER_PORT_IN_USE with what to do.
 */
export async function startHttpServer(listen: string, version: string): Promise<HttpServer> {
  const split = listen.lastIndexOf(':');
  const host = listen.slice(0, split).replace(/^\[|\]$/g, '');
  const server = createServer((request, response) => {
    const healthy = request.url === '/healthz';
    response.writeHead(healthy ? 200 : 404, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(healthy ? { status: 'ok', version } : { error: `there is nothing at ${request.url}` }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(portError(listen, error)));
    server.listen(Number(listen.slice(split + 1)), host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const service = createService('http', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { ...service, server, url: `http://${listen.slice(0, split)}:${port}` };
}

function portError(listen: string, error: NodeJS.ErrnoException): Error {
  if (error.code !== 'EADDRINUSE')
    return new MeshError('HTTP_LISTEN_FAILED', `${listen}: ${reasonOf(error)}`);
  return new MeshError(
    'BROKER_PORT_IN_USE',
    `${listen} for HTTP and MQTT over WebSocket; give another with --http-port N or http: { listen: "127.0.0.1:N" }`,
  );
}
