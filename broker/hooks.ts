import type { AedesOptions, AedesPublishPacket, Client, PublishPacket } from 'aedes';
import type { Clock } from '../contract/clock.js';
import type { Log } from '../contract/log.js';
import { hasWildcard } from '../contract/topic-filter.js';
import { countForward, countPublish, type Figures } from './figures.js';
import { createKeepAliveAmnesty } from './keep-alive.js';
import type { Rights } from './rights.js';
import { createSlowClients } from './slow-clients.js';
import { makeBare } from './tables.js';

export interface HookParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly rights: Rights;
  readonly figures: Figures;
}

type HookName = 'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeForward';

/** What the engine asks us on a message's way: the short path of every message from and to a client. */
export interface Hooks {
  readonly options: Required<Pick<AedesOptions, HookName>>;
  /** The engine's own traffic is below `$SYS/<brokerId>`: clients do not get it. */
  brokerId: string;
  /** True when the broker stops, and publishes the wills of all clients itself. */
  leaving: boolean;
  /** Why a will may not be published; null when it may, and is as it must be. */
  judgeWill(will: PublishPacket): Error | null;
  stop(): void;
}

const DOLLAR = '$'.charCodeAt(0);

export function createHooks({ clock, log, rights, figures }: HookParts): Hooks {
  const keepAlive = createKeepAliveAmnesty();
  const slowClients = createSlowClients(clock, log, figures);
  const judge = (packet: PublishPacket): Error | null => {
    mendProperties(packet);
    const fault = rights.publishFault(packet.topic);
    return fault === null ? null : new Error(fault);
  };
  const judgeWill = (will: PublishPacket): Error | null =>
    hasWildcard(will.topic) ? new Error('a will has no wildcards in its topic') : judge(will);
  const hooks: Hooks = {
    brokerId: '',
    leaving: false,
    judgeWill,
    stop: slowClients.stop,
    options: {
      preConnect(client, packet, done) {
        makeBare(client, 'subscriptions');
        keepAlive.hide(client, packet);
        done(null, true);
      },
      authenticate(client, _username, _password, done) {
        keepAlive.restore(client);
        done(null, true);
      },
      authorizePublish(client, packet, done) {
        if (client === null || client.closed) {
          done(hooks.leaving ? new Error('the will has been published') : judgeWill(packet));
          return;
        }
        countPublish(figures, packet.qos);
        done(judge(packet));
      },
      authorizeForward(client, packet) {
        if (isPrivate(hooks, client, packet)) return null;
        if (client.conn.writableNeedDrain && !slowClients.mayWrite(client, packet)) return null;
        countForward(figures);
        return packet;
      },
    },
  };
  return hooks;
}

/** The engine's own traffic, and at the end a client's own will. */
function isPrivate(
  { brokerId, leaving }: Hooks,
  client: Client,
  packet: AedesPublishPacket & { readonly clientId?: string },
): boolean {
  if (leaving && packet.clientId === client.id) return true;
  return packet.topic.charCodeAt(0) === DOLLAR && packet.topic.startsWith(`$SYS/${brokerId}/`);
}

/** The engine publishes a will with all its properties; this one is for the broker alone [MQTT-3.1.3-9]. */
function mendProperties({ properties }: PublishPacket): void {
  if (properties !== undefined && 'willDelayInterval' in properties) delete properties.willDelayInterval;
}
