import type { Clock } from '../contract/clock.js';
import { reasonOf } from '../contract/errors.js';

/** However long a server asks us to wait. */
const LONGEST_RETRY_AFTER_SECONDS = 3600;

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Headers;
  readonly body?: string;
}

/** Why a request did not do what it should. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  /** False when the same request would fail again. */
  readonly passing: boolean;
  /** How long the server asks us to wait; 0 where it does not. */
  readonly retryAfterSeconds: number;
  /** What the server answered; undefined where it did not. */
  readonly status: number | undefined;

  constructor(reason: string, passing: boolean, details: HttpFailureDetails = {}) {
    super(reason, { cause: details.cause });
    this.passing = passing;
    this.retryAfterSeconds = details.retryAfterSeconds ?? 0;
    this.status = details.status;
  }
}

export interface HttpFailureDetails {
  readonly retryAfterSeconds?: number;
  readonly status?: number;
  readonly cause?: unknown;
}

/** Does `work` with a signal that aborts when the time is up, or when `signal` does. */
export async function withinTime<Result>(
  timeoutSeconds: number,
  clock: Clock,
  signal: AbortSignal,
  work: (giveUp: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const giveUp = new AbortController();
  const stop = (): void => giveUp.abort(new Error('stopped'));
  signal.addEventListener('abort', stop, { once: true });
  const cancelTimeout = clock.after(timeoutSeconds, () =>
    giveUp.abort(new Error(`no answer within ${timeoutSeconds} s`)),
  );
  if (signal.aborted) stop();
  try {
    return await work(giveUp.signal);
  } finally {
    cancelTimeout();
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Sends a request over a connection that is kept for the next. Redirects are not followed.
 *
 * @throws HttpFailure when it was not answered; its reason does not show the URL's query.
 */
export async function send(request: HttpRequest, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(request.url, { ...request, signal, redirect: 'manual' });
  } catch (error) {
    throw networkFailure(request, error);
  }
}

/** What went wrong on the way to the server or back. */
export function networkFailure(request: HttpRequest, error: unknown): HttpFailure {
  return new HttpFailure(`${placeOf(request)}: ${networkReason(error)}`, true, { cause: error });
}

/**
 * What an answer that is not the one wanted says.
 *
 * @see RFC 9110, 15: 408, 429 and 5xx may pass, other 4xx will not.
 */
export function statusFailure(request: HttpRequest, response: Response, nowSeconds: number): HttpFailure {
  const { status, statusText, headers } = response;
  const target = headers.get('location');
  const hint =
    status < 400 && target !== null && URL.canParse(target, request.url)
      ? `, which points to ${withoutSecrets(new URL(target, request.url).href)}`
      : '';
  const reason = `${placeOf(request)}: answered ${status} ${statusText}`.trimEnd() + hint;
  const passing = status === 408 || status === 429 || status >= 500;
  const retryAfterSeconds = secondsOf(headers.get('retry-after'), nowSeconds);
  return new HttpFailure(reason, passing, { retryAfterSeconds, status });
}

/** The request as a sentence about it begins. */
export function placeOf({ method, url }: HttpRequest): string {
  return `${method} ${withoutSecrets(url)}`;
}

/** A URL as it may be shown: keys, tokens and passwords may stand in the query and before the host. */
export function withoutSecrets(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** @see RFC 9110, 10.2.3: seconds, or a date. */
function secondsOf(retryAfter: string | null, nowSeconds: number): number {
  if (retryAfter === null) return 0;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : Date.parse(retryAfter) / 1000 - nowSeconds;
  return Number.isFinite(seconds) ? Math.min(LONGEST_RETRY_AFTER_SECONDS, Math.max(0, seconds)) : 0;
}

/** What stands behind fetch's `fetch failed`. */
function networkReason(error: unknown): string {
  const cause = (error as { cause?: { code?: unknown } | undefined }).cause;
  if (cause === undefined) return reasonOf(error);
  const reason = reasonOf(cause);
  return reason === '' ? String(cause.code) : reason;
}
