import type { AedesOptions, AedesPublishPacket, Client, PublishPacket } from 'aedes';
import type { Clock } from '../contract/clock.js';
import type { Log } from '../contract/log.js';
import { countPublish, type Figures } from './figures.js';
import { createKeepAliveAmnesty } from './keep-alive.js';
import type { Rights } from './rights.js';
import { createSlowClients } from './slow-clients.js';
import type { MemoryStore } from './store/memory-store.js';

export interface HookParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: MemoryStore;
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
  /** Why a message or will may not be published; null when it may, and is as it must be. */
  judge(packet: PublishPacket): Error | null;
  stop(): void;
}

/** As the engine hands it out: with the client that published it, if one did. */
export type DeliveredPacket = AedesPublishPacket & { readonly clientId?: string };

const DOLLAR = '$'.charCodeAt(0);

export function createHooks({ clock, log, rights, figures }: HookParts): Hooks {
  const keepAlive = createKeepAliveAmnesty();
  const slowClients = createSlowClients(clock, log, figures);
  const judge = (packet: PublishPacket): Error | null => {
    mendWill(packet);
    const fault = rights.publishFault(packet.topic);
    return fault === null ? null : new Error(fault);
  };
  const mayForward = (client: Client, packet: DeliveredPacket): boolean => {
    if (packet.topic.charCodeAt(0) === DOLLAR && packet.topic.startsWith(`$SYS/${hooks.brokerId}/`))
      return false;
    if (hooks.leaving && packet.clientId === client.id) return false;
    return !client.conn.writableNeedDrain || slowClients.mayWrite(client, packet);
  };
  const hooks: Hooks = {
    brokerId: '',
    leaving: false,
    judge,
    stop: () => slowClients.stop(),
    options: {
      preConnect(client, packet, done) {
        keepAlive.hide(client, packet);
        done(null, true);
      },
      authenticate(client, _username, _password, done) {
        keepAlive.restore(client);
        done(null, true);
      },
      authorizePublish(client, packet, done) {
        const isWill = client === null || client.closed;
        if (!isWill) countPublish(figures, packet.qos);
        done(isWill && hooks.leaving ? new Error('the will has been published') : judge(packet));
      },
      authorizeForward(client, packet) {
        if (!mayForward(client, packet)) return null;
        figures.publishSent += 1;
        figures.sent += 1;
        return packet;
      },
    },
  };
  return hooks;
}

/** The engine publishes a will with all its properties; this one is for the broker alone [MQTT-3.1.3-9]. */
function mendWill({ properties }: PublishPacket): void {
  if (properties !== undefined && 'willDelayInterval' in properties) delete properties.willDelayInterval;
}
