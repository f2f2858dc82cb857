import type { IClientOptions } from 'mqtt';
import { withoutPassword } from '../contract/broker-url.js';
import type { Clock } from '../contract/clock.js';
import { MeshError } from '../contract/errors.js';
import type { KeptSubscription, Link, LinkOptions, OpenLink } from '../contract/link.js';
import type { Log } from '../contract/log.js';
import { newSession } from '../contract/part.js';
import { createAwayLog } from './away-log.js';
import { createBackoff } from './backoff.js';
import type { Connection } from './connection.js';
import { keepConnected } from './keep-connected.js';
import { createMqttLink } from './mqtt-link.js';

export interface MqttLinkContext {
  /** Of the broker: mqtt, tcp, mqtts, ssl, ws or wss; may hold a user and a password. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  /** In [0, 1); spreads reconnections. */
  readonly random?: () => number;
  /** Instead of those in the URL. */
  readonly credentials?: { readonly username: string; readonly password?: string };
}

/** Seconds of silence after which either side asks whether the other is there. */
const KEEP_ALIVE_SECONDS = 15;
const CONNECT_TIMEOUT_SECONDS = 10;
/** How long a broker keeps what comes for a link that is away. */
const KEPT_SECONDS = 7 * 86_400;

/** Links to any MQTT broker; they come back by themselves when it was away. */
export function mqttLinks(context: MqttLinkContext): OpenLink {
  return async (options, signal) => {
    const stop = new AbortController();
    const giveUp = (): void => stop.abort();
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    try {
      return await firstConnection(context, options, stop);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  };
}

/** @throws MeshError LINK_REFUSED, or LINK_AWAY when `stop` aborts first. */
async function firstConnection(
  context: MqttLinkContext,
  options: LinkOptions,
  stop: AbortController,
): Promise<Link> {
  const { url, clock, random = Math.random } = context;
  const address = withoutPassword(url);
  const log = context.log.child({ link: options.name });
  const link = createMqttLink(options, { clock, log, stop });
  let onFirst = (): void => {};
  const first = new Promise<void>((resolve) => {
    onFirst = resolve;
  });
  const connecting = {
    url,
    options: connectOptions(context, options),
    clock,
    backoff: createBackoff(random),
    awayLog: createAwayLog(log, clock, address),
    serve: (connection: Connection) => link.serve(connection).then(onFirst),
  };
  const ended = keepConnected(connecting, stop.signal).then((refusal) => ({ refusal }));
  const result = await Promise.race([first, ended]);
  if (result === undefined) return link;
  if (result.refusal !== undefined) throw new MeshError('LINK_REFUSED', `${address}: ${result.refusal}`);
  throw new MeshError('LINK_AWAY', `${address}: ${options.name} was stopped before it connected`);
}

function connectOptions({ credentials }: MqttLinkContext, { name, will, kept }: LinkOptions): IClientOptions {
  return {
    clientId: `becomingone-${name}-${kept?.session ?? newSession()}`,
    clean: kept === undefined,
    keepalive: KEEP_ALIVE_SECONDS,
    connectTimeout: CONNECT_TIMEOUT_SECONDS * 1000,
    ...credentials,
    ...(will && { will: { ...will, payload: Buffer.from(will.payload) } }),
    ...(kept && keepOptions(kept)),
  };
}

/** mqtt.js acknowledges a message when `done` is called; from the first packet on, before anybody has subscribed. */
function keepOptions({ take }: KeptSubscription): IClientOptions {
  return {
    properties: { sessionExpiryInterval: KEPT_SECONDS },
    customHandleAcks: (topic, payload, { retain }, done) =>
      void take({ topic, payload, retained: retain }).then(() => done(0)),
  };
}
