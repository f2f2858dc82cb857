import type { Clock } from '../contract/clock.js';
import { reasonOf } from '../contract/errors.js';

/** More of an answer than this is not read: the connection is given up instead. */
const MOST_ANSWER_BYTES = 64 * 1024;
/** However long a server asks us to wait. */
const LONGEST_RETRY_AFTER_SECONDS = 3600;

export interface HttpPost {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  readonly timeoutSeconds: number;
}

/** Why a POST did not do what it should. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  /** False when the same request would fail again. */
  readonly passing: boolean;
  /** How long the server asks us to wait; 0 where it does not. */
  readonly retryAfterSeconds: number;

  constructor(reason: string, passing: boolean, retryAfterSeconds = 0) {
    super(reason);
    this.passing = passing;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * POSTs once, over a connection that is kept for the next. Redirects are not followed.
 *
 * @throws HttpFailure when it was not answered with a 2xx in time; its reason does not show the URL's query.
 */
export async function postOnce(post: HttpPost, clock: Clock, signal: AbortSignal): Promise<void> {
  const giveUp = new AbortController();
  const stop = (): void => giveUp.abort(new Error('stopped'));
  signal.addEventListener('abort', stop, { once: true });
  const cancelTimeout = clock.after(post.timeoutSeconds, () =>
    giveUp.abort(new Error(`no answer within ${post.timeoutSeconds} s`)),
  );
  if (signal.aborted) stop();
  try {
    const response = await answerTo(post, giveUp.signal);
    await drain(response).catch(() => {});
    if (!response.ok) throw failureOf(response, post, clock.nowSeconds());
  } finally {
    cancelTimeout();
    signal.removeEventListener('abort', stop);
  }
}

async function answerTo({ url, headers, body }: HttpPost, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
  } catch (error) {
    throw new HttpFailure(`POST ${withoutQuery(url)}: ${networkReason(error)}`, true);
  }
}

/** An answer that is not read to its end keeps its connection from being used again. */
async function drain({ body }: Response): Promise<void> {
  let left = MOST_ANSWER_BYTES;
  for await (const chunk of body ?? []) {
    left -= chunk.length;
    if (left < 0) return;
  }
}

/** @see RFC 9110, 15: 408, 429 and 5xx may pass, other 4xx will not. */
function failureOf(response: Response, { url }: HttpPost, nowSeconds: number): HttpFailure {
  const { status, statusText, headers } = response;
  const target = headers.get('location');
  const hint =
    status < 400 && target !== null ? `, which points to ${withoutQuery(new URL(target, url).href)}` : '';
  const reason = `POST ${withoutQuery(url)}: answered ${status} ${statusText}`.trimEnd() + hint;
  const passing = status === 408 || status === 429 || status >= 500;
  return new HttpFailure(reason, passing, retryAfterSeconds(headers.get('retry-after'), nowSeconds));
}

/** @see RFC 9110, 10.2.3: seconds, or a date. */
function retryAfterSeconds(header: string | null, nowSeconds: number): number {
  if (header === null) return 0;
  const seconds = /^\d+$/.test(header) ? Number(header) : Date.parse(header) / 1000 - nowSeconds;
  return Number.isFinite(seconds) ? Math.min(LONGEST_RETRY_AFTER_SECONDS, Math.max(0, seconds)) : 0;
}

/** What stands behind fetch's `fetch failed`. */
function networkReason(error: unknown): string {
  const cause = (error as { cause?: { code?: unknown } | undefined }).cause;
  if (cause === undefined) return reasonOf(error);
  const reason = reasonOf(cause);
  return reason === '' ? String(cause.code) : reason;
}

/** Keys and tokens may stand in a query. */
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
