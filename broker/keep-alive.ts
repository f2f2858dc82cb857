import type { Client, ConnectPacket } from 'aedes';

/**
 * Seconds of silence that a 5.0 client may ask for; it is told by Server Keep Alive when it asked for more, or for
 * none. So a client that lost power is missed, and its will published, after at most one and a half times this.
 */
export const MOST_KEEP_ALIVE_SECONDS = 300;

/**
 * Lets a 3.1.1 client have the keep-alive it asks for, none included: the protocol has no way to tell it another, and
 * the engine would refuse the connection.
 */
export interface KeepAliveAmnesty {
  /** Before the engine judges the CONNECT. */
  hide(client: Client, packet: ConnectPacket): void;
  /** After it has, and before it sets its timer. */
  restore(client: Client): void;
}

export function createKeepAliveAmnesty(): KeepAliveAmnesty {
  const hidden = new WeakMap<Client, { packet: ConnectPacket; asked: number }>();
  return {
    hide(client, packet) {
      if (packet.protocolVersion === 5) return;
      hidden.set(client, { packet, asked: packet.keepalive ?? 0 });
      packet.keepalive = MOST_KEEP_ALIVE_SECONDS;
    },
    restore(client) {
      const connect = hidden.get(client);
      if (connect !== undefined) connect.packet.keepalive = connect.asked;
    },
  };
}
