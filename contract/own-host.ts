import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** Whether a host, given as an address or as `localhost`, is this machine alone. */
export function isLoopback(host: string): boolean {
  const bare = bareHost(host).replace(/^::ffff:/i, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/** Whether a name is one that nobody else can make point here, as DNS rebinding would. */
export function isOwnName(name: string): boolean {
  const bare = bareHost(name);
  return isIP(bare) !== 0 || bare === 'localhost' || bare === hostname() || bare === `${hostname()}.local`;
}

function bareHost(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
