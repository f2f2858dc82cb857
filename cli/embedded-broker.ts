import type { Broker } from '../broker/broker.js';
import { systemClock } from '../contract/clock.js';
import type { Config } from '../contract/config/schema.js';
import { MeshError } from '../contract/errors.js';
import { isLoopback } from '../contract/own-host.js';
import type { Environment } from './environment.js';
import { type HttpServer, startHttpServer } from './http-server.js';
import type { PortOptions } from './options.js';

/**
 * Starts this process's HTTP server.
 *
 * @throws MeshError BROKER_PORT_IN_USE, HTTP_LISTEN_FAILED, or BROKER_NOT_LOOPBACK with the lines that mend it.
 */
export async function serveHttp(environment: Environment, options: PortOptions): Promise<HttpServer> {
  const { config, lifecycle, version } = environment;
  const listen = withPort(config.http.listen, options.httpPort);
  const host = listen.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  if (!config.broker.allow_anonymous && !isLoopback(host)) {
    const lines = ['broker:', '  allow_anonymous: true', 'or', 'http:', '  listen: "127.0.0.1:8080"'].join(
      '\n',
    );
    throw new MeshError(
      'BROKER_NOT_LOOPBACK',
      `http ${listen} also serves MQTT at /mqtt; configure\n${lines}\n`,
    );
  }
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
  broker.attachHttp(http.server);
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
