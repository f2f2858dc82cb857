import type { Broker } from '../broker/broker.js';
import { systemClock } from '../contract/clock.js';
import type { Config } from '../contract/config/schema.js';
import type { Environment } from './environment.js';
import { type HttpServer, startHttpServer } from './http-server.js';
import type { PortOptions } from './program.js';

/** Starts this process's HTTP server. */
export async function serveHttp(environment: Environment, options: PortOptions): Promise<HttpServer> {
  const { config, lifecycle, version } = environment;
  const listen = withPort(config.http.listen, options.httpPort);
  return lifecycle.add(await startHttpServer(listen, version));
}

/** Starts the embedded broker, its WebSocket door on the HTTP server. */
export async function serveBroker(
  environment: Environment,
  options: PortOptions,
  http: HttpServer,
): Promise<Broker> {
  const { config, lifecycle, log, version } = environment;
  const { startBroker } = await import('../broker/broker.js');
  const broker = await startBroker(
    { listen: listenAddresses(config, options.port), allowAnonymous: config.broker.allow_anonymous, version },
    { log: log.child({ component: 'broker' }), clock: systemClock },
  );
  http.server.on('upgrade', (request, socket, head) => {
    if (!broker.acceptUpgrade(request, socket, head)) socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
  });
  return lifecycle.add(broker);
}

/** The configured addresses, the first MQTT one with `--port`'s port. */
function listenAddresses(config: Config, port: number | undefined): readonly string[] {
  const first = config.broker.listen.findIndex((address) => address.startsWith('mqtt:'));
  return config.broker.listen.map((address, index) => (index === first ? withPort(address, port) : address));
}

function withPort(address: string, port: number | undefined): string {
  return port === undefined ? address : address.replace(/(:\d+)?$/, `:${port}`);
}
