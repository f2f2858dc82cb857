import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { isLoopback } from '../contract/own-host.js';
import { type BearerOptions, carriesBearer, readBearer } from './bearer.js';
import { isOwnPage } from './own-page.js';

const HOST_AND_PORT = 'HOST:PORT such as 127.0.0.1:9001';

/** Where an input that is sent to listens, and which web pages may send. */
export const listenOptions = {
  listen: z
    .string()
    .regex(/^(\[[0-9A-Fa-f:.]+\]|[^:\s/]+):[1-9]\d{0,4}$/, HOST_AND_PORT)
    .refine((listen) => Number(listen.slice(listen.lastIndexOf(':') + 1)) <= 65_535, HOST_AND_PORT)
    .optional()
    .describe('HOST:PORT to be sent to at; inputs that name the same share it'),
  route: z
    .string()
    .regex(/^\/[\w.~%/-]*$/, 'a path such as /kitchen')
    .default('/')
    .describe('the path of listen to be sent to at'),
  origins: z
    .array(z.string().regex(/^https?:\/\/[^/\s]+$/, 'an origin such as https://example.org'))
    .default([])
    .describe('web pages of other hosts that may send, by origin'),
};
export type ListenOptions = z.output<z.ZodObject<typeof listenOptions>>;

/** Why a request is not let in: an HTTP status, and a sentence. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly reason: string;
}

/** An input that others send to. */
export interface Receiver {
  /** Why a request may not feed it; null when it may. */
  refusal(request: IncomingMessage): Refusal | null;
  /** @returns why a message cannot be used, in a sentence; null when it was. */
  take(text: string): string | null;
  /** A connection has ended that fed it; so many more are left. */
  left(reason: string, connected: number): void;
}

/**
 * Makes the rule of who may send: who has the token, where there is one, and no web page of another host.
 *
 * @throws Error with a sentence when other machines reach the address and there is no token.
 */
export async function createGate(
  options: ListenOptions & BearerOptions & { readonly listen: string },
): Promise<Receiver['refusal']> {
  const { listen } = options;
  const token = await readBearer(options);
  if (token === undefined && !isLoopback(listen.slice(0, listen.lastIndexOf(':')))) {
    throw new Error(
      `listen: found ${listen}, which other machines reach, expected token_env or token_file with it, or 127.0.0.1`,
    );
  }
  return (request) => {
    if (!isOwnPage(request, options.origins)) {
      return { status: 403, reason: `pages of ${request.headers.origin} may send only if origins lists it` };
    }
    if (token === undefined || carriesBearer(request, token)) return null;
    return {
      status: 401,
      reason: 'found no or another token, expected Authorization: Bearer with the right one',
    };
  };
}

/** The receivers that a request may feed, or why it may feed none. */
export function admit(
  receivers: Iterable<Receiver>,
  request: IncomingMessage,
): readonly Receiver[] | Refusal {
  const admitted: Receiver[] = [];
  let first: Refusal | undefined;
  for (const receiver of receivers) {
    const refusal = receiver.refusal(request);
    if (refusal === null) admitted.push(receiver);
    else first ??= refusal;
  }
  return admitted.length === 0 && first !== undefined ? first : admitted;
}
