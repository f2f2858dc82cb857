import type { IncomingMessage } from 'node:http';
import { answer } from './http-doors.js';
import type { ReceivingSite } from './receive.js';
import { admit, type Receiver } from './receiver.js';

const MOST_BODY_BYTES = 64 * 1024;

/**
 * A path that takes POST and PUT; what is posted goes to every receiver whose token it carries.
 *
 * It answers 204 when each of them could use it; else 400, 401, 403, 405 or 413 with `{"error": sentence}`.
 */
export function createPostSite(): ReceivingSite {
  const receivers = new Set<Receiver>();
  return {
    receivers,
    request(request, response) {
      if (request.method !== 'POST' && request.method !== 'PUT') {
        answer(response, 405, `found ${request.method}, expected POST or PUT`, { allow: 'POST, PUT' });
        return;
      }
      const admission = admit(receivers, request);
      if ('reason' in admission) {
        const { status, reason } = admission;
        answer(response, status, reason, status === 401 ? { 'www-authenticate': 'Bearer' } : {});
        return;
      }
      readBody(request, (text) => {
        if (text === null) {
          answer(response, 413, `found more than ${MOST_BODY_BYTES} bytes, expected at most so many`);
          return;
        }
        const reasons = new Set(admission.flatMap((receiver) => receiver.take(text) ?? []));
        if (reasons.size === 0) response.writeHead(204).end();
        else answer(response, 400, [...reasons].join('; '));
      });
    },
  };
}

/** @param done gets the body once; null as soon as it is too long, and the rest is thrown away. */
function readBody(request: IncomingMessage, done: (text: string | null) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const isTooLong = (): boolean => bytes > MOST_BODY_BYTES;
  request.on('data', (chunk: Buffer) => {
    if (isTooLong()) return;
    bytes += chunk.length;
    if (isTooLong()) done(null);
    else chunks.push(chunk);
  });
  request.on('end', () => {
    if (!isTooLong()) done(Buffer.concat(chunks).toString('utf8'));
  });
  // Whoever breaks off has sent nothing.
  request.on('error', () => {});
}
