import type { IncomingMessage } from 'node:http';
import { isOwnName } from '../contract/own-host.js';

/**
 * Whether a request comes from no web page, from a page of the host it asks, or from one of `origins`: a browser lets
 * any page send to anywhere, this machine's own ports included.
 */
export function isOwnPage({ headers }: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || origins.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  return page.host === host && isOwnName(page.hostname);
}
