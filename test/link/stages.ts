import type { MqttClient } from 'mqtt';
import { systemClock } from '../../contract/clock.js';
import type { BrokerAttachment, BrokerPort, Link, OpenLink } from '../../contract/link.js';
import { silentLog } from '../../contract/log.js';
import { inProcessLinks } from '../../link/in-process-links.js';
import { mqttLinks } from '../../link/mqtt-links.js';
import { startMosquitto } from '../support/mosquitto.js';
import { type Greeting, protocolLevel, startProxy } from '../support/proxy.js';
import { connectClient, startTestBroker } from '../support/test-broker.js';
import { until } from '../support/until.js';
import type { Stage } from './link-suite.js';

const forever = new AbortController().signal;

/** Inside the embedded broker's process. */
export async function inProcessStage(): Promise<Stage> {
  const broker = await startTestBroker();
  return {
    openLink: broker.openLink,
    connect: () => broker.connect(),
    async openMortal(options) {
      let attachment: BrokerAttachment | undefined;
      const port: BrokerPort = {
        attach(attachOptions) {
          attachment = broker.broker.port.attach(attachOptions);
          return attachment;
        },
      };
      const link = await inProcessLinks({ port, log: silentLog })(options, forever);
      return {
        link,
        async vanish() {
          await attachment?.end(false);
          await link.closed;
        },
      };
    },
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}

/** To the embedded broker, over TCP. */
export async function tcpStage(): Promise<Stage> {
  const broker = await startTestBroker();
  return mqttStage(broker.url, broker);
}

/** To the embedded broker, over WebSocket. */
export async function webSocketStage(): Promise<Stage> {
  const broker = await startTestBroker();
  return mqttStage(broker.webSocketUrl, broker, broker.url);
}

/** To Debian's Mosquitto. */
export async function mosquittoStage(): Promise<Stage> {
  const mosquitto = await startMosquitto();
  return mqttStage(mosquitto.url, mosquitto);
}

/** To a broker that answers MQTT 5 as one that knows 3.1.1 alone: "unacceptable protocol version". */
export const refuse5: Greeting = (firstBytes, client) => {
  if (protocolLevel(firstBytes) !== 5) return 'pass';
  client.end(Buffer.from([0x20, 2, 0, 1]));
  return 'answered';
};

/** To one that hangs up on what it does not know. */
export const drop5: Greeting = (firstBytes, client) => {
  if (protocolLevel(firstBytes) !== 5) return 'pass';
  client.destroy();
  return 'answered';
};

export async function olderStage(greet: Greeting): Promise<Stage> {
  const mosquitto = await startMosquitto();
  const proxy = await startProxy(mosquitto.port, greet);
  const both = {
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await mosquitto[Symbol.asyncDispose]();
    },
  };
  return mqttStage(`mqtt://127.0.0.1:${proxy.port}`, both, mosquitto.url);
}

function mqttStage(url: string, broker: AsyncDisposable, clientUrl = url): Stage {
  const links: Link[] = [];
  const clients: MqttClient[] = [];
  const proxies: AsyncDisposable[] = [];
  const linksTo = (to: string): OpenLink => {
    const open = mqttLinks({ url: to, clock: systemClock, log: silentLog });
    return async (options, signal) => {
      const link = await open(options, signal);
      links.push(link);
      return link;
    };
  };
  return {
    openLink: linksTo(url),
    async connect() {
      const client = await connectClient(clientUrl);
      clients.push(client);
      return client;
    },
    async openMortal(options) {
      const { port } = new URL(url);
      const proxy = await startProxy(Number(port));
      proxies.push(proxy);
      const link = await linksTo(url.replace(`:${port}`, `:${proxy.port}`))(options, forever);
      return {
        link,
        async vanish() {
          proxy.shut(true);
          await until(() => !link.online, 'the loss of the connection');
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(links.map((link) => link.close()));
      for (const client of clients) client.end(true);
      for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
      await broker[Symbol.asyncDispose]();
    },
  };
}
