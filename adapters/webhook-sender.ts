import type { Clock } from '../contract/clock.js';
import { type BearerOptions, readBearer } from './bearer.js';
import { postOnce } from './http-post.js';
import { readSigningKeys, type SecretOptions, webhookHeaders } from './webhook-signature.js';

export interface WebhookOptions extends BearerOptions, SecretOptions {
  readonly url: string;
  /** Seconds for the whole answer. */
  readonly timeout: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly content_type: string;
}

/**
 * POSTs a body once.
 *
 * @param id the same at each try, so that whoever gets it twice can tell; without a full stop.
 * @throws HttpFailure as `postOnce` does, Error with a sentence when a token or a secret is not there.
 */
export type SendWebhook = (id: string, body: string, signal: AbortSignal) => Promise<void>;

/** Tokens and secrets are read for every post: they can be changed while it runs. */
export function createWebhookSender(options: WebhookOptions, clock: Clock): SendWebhook {
  const { url, timeout: timeoutSeconds } = options;
  return async (id, body, signal) => {
    const keys = await readSigningKeys(options);
    const headers = plainHeaders(options);
    const token = await readBearer(options);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    const post = { id, timestampSeconds: clock.nowSeconds(), body };
    for (const [name, value] of Object.entries(webhookHeaders(post, keys))) headers.set(name, value);
    await postOnce({ url, timeoutSeconds, body, headers }, clock, signal);
  };
}

/** What every post carries, without secrets; the user's headers win. */
export function plainHeaders({
  content_type,
  headers,
}: Pick<WebhookOptions, 'content_type' | 'headers'>): Headers {
  const all = new Headers({ 'content-type': content_type, 'user-agent': 'becomingone' });
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return all;
}
