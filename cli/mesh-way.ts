import { withoutPassword } from '../contract/broker-url.js';
import { systemClock } from '../contract/clock.js';
import type { OpenLink } from '../contract/link.js';
import { brokerUrlOrDefault, type Environment } from './environment.js';
import type { CommonOptions } from './options.js';

/** A way to the mesh, and where it leads, without a password. */
export interface MeshWay {
  readonly openLink: OpenLink;
  readonly url: string;
}

/** The way over MQTT, to the broker that the options or the configuration name. */
export async function wayOverMqtt({ config, log }: Environment, options: CommonOptions): Promise<MeshWay> {
  const { mqttLinks } = await import('../link/mqtt-links.js');
  const url = brokerUrlOrDefault(options, config);
  return {
    openLink: mqttLinks({ url, clock: systemClock, log: log.child({ component: 'link' }) }),
    url: withoutPassword(url),
  };
}

/** The ways to other brokers than the mesh's own, as inputs name them; the MQTT client is loaded at the first. */
export function waysToOthers({ log }: Environment): (brokerUrl: string) => OpenLink {
  return (url) => async (options, signal) => {
    const { mqttLinks } = await import('../link/mqtt-links.js');
    return mqttLinks({ url, clock: systemClock, log: log.child({ component: 'link' }) })(options, signal);
  };
}
