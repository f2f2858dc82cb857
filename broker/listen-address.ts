import { isIP } from 'node:net';
import { MeshError } from '../contract/errors.js';
import { show } from '../contract/explain.js';
import { isLoopback } from '../contract/own-host.js';

/** Where the broker listens: MQTT over TCP, or over WebSocket at `/mqtt`. */
export interface ListenAddress {
  readonly scheme: 'mqtt' | 'ws';
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** Where MQTT is served over WebSocket. */
export const WEB_SOCKET_PATH = '/mqtt';

const LISTEN = /^(mqtt|ws):\/\/(\[[0-9A-Fa-f:.]+\]|[^\s/:@?#]+):(\d{1,5})(\/[^\s?#]*)?$/;

/** @throws MeshError BROKER_LISTEN_INVALID with what was found and what would be right. */
export function parseListenAddress(text: string): ListenAddress {
  const [, scheme, host = '', port, path = ''] = LISTEN.exec(text) ?? [];
  const rightPath = scheme === 'ws' ? path === WEB_SOCKET_PATH : path === '' || path === '/';
  if ((scheme !== 'mqtt' && scheme !== 'ws') || !rightPath || Number(port) > 65_535) {
    throw new MeshError(
      'BROKER_LISTEN_INVALID',
      `found ${show(text)}, expected mqtt://HOST:PORT or ws://HOST:PORT${WEB_SOCKET_PATH}`,
    );
  }
  return { scheme, host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

export function formatListenAddress({ scheme, host, port }: ListenAddress): string {
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  return scheme === 'ws' ? `ws://${authority}${WEB_SOCKET_PATH}` : `mqtt://${authority}`;
}

/**
 * Holds listeners to this machine as long as there are no users.
 *
 * @throws MeshError BROKER_NOT_LOOPBACK with the lines of configuration that mend it.
 */
export function requireLoopback(addresses: readonly ListenAddress[]): void {
  const open = addresses.find(({ host }) => !isLoopback(host));
  if (open === undefined) return;
  const listen = (hosts: readonly ListenAddress[]): string =>
    `  listen: [${hosts.map((address) => JSON.stringify(formatListenAddress(address))).join(', ')}]`;
  const local = addresses.map((address) =>
    isLoopback(address.host) ? address : { ...address, host: '127.0.0.1' },
  );
  throw new MeshError(
    'BROKER_NOT_LOOPBACK',
    [
      `${formatListenAddress(open)} can be reached from other machines. To serve them without users, configure`,
      'broker:',
      listen(addresses),
      '  allow_anonymous: true',
      'or, to serve this machine alone,',
      'broker:',
      `${listen(local)}\n`,
    ].join('\n'),
  );
}
