import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { type Broker, startBroker } from '../../broker/broker.js';
import { type Clock, systemClock } from '../../contract/clock.js';
import type { Link, OpenLink } from '../../contract/link.js';
import { type Log, silentLog } from '../../contract/log.js';
import { inProcessLinks } from '../../link/in-process-links.js';
import { mqttLinks } from '../../link/mqtt-links.js';

export * from './messages.js';

/** The embedded broker on a free port; disposing of it closes every link and client made here. */
export interface TestBroker extends AsyncDisposable {
  /** Of its TCP listener. */
  readonly url: string;
  /** Of its WebSocket listener. */
  readonly webSocketUrl: string;
  readonly broker: Broker;
  /** Links inside this process. */
  readonly openLink: OpenLink;
  /** Links over TCP. */
  readonly mqttLink: OpenLink;
  /** A client of mqtt.js, connected; it does not reconnect. */
  connect(options?: IClientOptions): Promise<MqttClient>;
  connectWebSocket(options?: IClientOptions): Promise<MqttClient>;
}

export interface TestBrokerOptions {
  readonly clock?: Clock;
  readonly log?: Log;
  /** Of the TCP listener; free unless given. */
  readonly port?: number;
}

export async function startTestBroker(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const { clock = systemClock, log = silentLog, port = 0 } = options;
  const listen = [`mqtt://127.0.0.1:${port}`, 'ws://127.0.0.1:0/mqtt'];
  const broker = await startBroker({ listen, allowAnonymous: false, version: '0.0.0-test' }, { clock, log });
  const [url = '', webSocketUrl = ''] = broker.addresses;
  const links = new Set<Link>();
  const clients = new Set<MqttClient>();
  const tracked =
    (open: OpenLink): OpenLink =>
    async (linkOptions, signal) => {
      const link = await open(linkOptions, signal);
      links.add(link);
      return link;
    };
  const connectTracked = async (to: string, clientOptions?: IClientOptions): Promise<MqttClient> => {
    const client = await connectClient(to, clientOptions);
    clients.add(client);
    return client;
  };
  return {
    url,
    webSocketUrl,
    broker,
    openLink: tracked(inProcessLinks({ port: broker.port, log })),
    mqttLink: tracked(mqttLinks({ url, clock: systemClock, log })),
    connect: (clientOptions) => connectTracked(url, clientOptions),
    connectWebSocket: (clientOptions) => connectTracked(webSocketUrl, clientOptions),
    async [Symbol.asyncDispose]() {
      await Promise.all([...links].map((link) => link.close()));
      for (const client of clients) client.end(true);
      await broker.close();
    },
  };
}

/** A client of mqtt.js, connected with MQTT 5 unless the options say otherwise; it does not reconnect. */
export async function connectClient(url: string, options: IClientOptions = {}): Promise<MqttClient> {
  const client = mqtt.connect(url, { protocolVersion: 5, reconnectPeriod: 0, ...options });
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('error', reject);
    client.once('close', () => reject(new Error(`${url} dropped the connection`)));
  });
  return client;
}
