import type { Clock } from '../contract/clock.js';
import {
  HttpFailure,
  type HttpRequest,
  networkFailure,
  placeOf,
  send,
  statusFailure,
  withinTime,
  withoutSecrets,
} from './http-request.js';

const MOST_ANSWER_BYTES = 1024 * 1024;
const MOST_REDIRECTS = 5;
/** A kept connection that the server has closed meanwhile ends so. */
const CLOSED_CODES: readonly unknown[] = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];

export interface HttpGet {
  readonly url: string;
  /** Sent to the URL's own origin alone: a redirect elsewhere gets none of them. */
  readonly headers: Headers;
  readonly timeoutSeconds: number;
}

/** What a server answered: its text, and the headers by which it knows whether it has changed. */
export interface HttpAnswer {
  readonly text: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/**
 * GETs once, over a connection that is kept for the next. Up to 5 redirects are followed, to http and https alone.
 *
 * @returns the answer; null when the headers held a condition and the server says that nothing has changed.
 * @throws HttpFailure when it was not answered with a 2xx of at most 1 MiB in time; its reason does not show a query.
 */
export function getOnce(get: HttpGet, clock: Clock, signal: AbortSignal): Promise<HttpAnswer | null> {
  const { url, headers, timeoutSeconds } = get;
  return withinTime(timeoutSeconds, clock, signal, async (giveUp) => {
    let request: HttpRequest = { method: 'GET', url, headers };
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      const response = await sendAgain(request, giveUp);
      const target = redirectOf(request, response);
      if (target === null) return answerOf(request, response, clock);
      await discard(response);
      const isSameOrigin = new URL(target).origin === new URL(url).origin;
      request = { method: 'GET', url: target, headers: isSameOrigin ? headers : new Headers() };
    }
    throw new HttpFailure(`GET ${withoutSecrets(url)}: redirected more than ${MOST_REDIRECTS} times`, false);
  });
}

/** @see RFC 9112, 9.3.1: a GET may be sent once more when its connection was closed before the answer. */
async function sendAgain(request: HttpRequest, signal: AbortSignal): Promise<Response> {
  try {
    return await send(request, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof HttpFailure) || !wasClosed(error)) throw error;
    return send(request, signal);
  }
}

function wasClosed({ cause }: HttpFailure): boolean {
  const { code } = ((cause as { cause?: unknown } | undefined)?.cause ?? {}) as { code?: unknown };
  return CLOSED_CODES.includes(code);
}

/** Where an answer sends us on; null when it does not. */
function redirectOf(request: HttpRequest, { status, headers }: Response): string | null {
  const location = headers.get('location');
  if (![301, 302, 303, 307, 308].includes(status) || location === null) return null;
  const target = URL.canParse(location, request.url) ? new URL(location, request.url) : null;
  if (target !== null && /^https?:$/.test(target.protocol)) {
    target.username = '';
    target.password = '';
    return target.href;
  }
  const found = target === null ? 'no address' : `${target.protocol}//`;
  throw new HttpFailure(`${placeOf(request)}: redirects to ${found}, expected http:// or https://`, false);
}

async function answerOf(request: HttpRequest, response: Response, clock: Clock): Promise<HttpAnswer | null> {
  const { headers } = request;
  const isConditional = headers.has('if-none-match') || headers.has('if-modified-since');
  if (response.status === 304 && isConditional) return null;
  if (!response.ok) {
    await discard(response);
    throw statusFailure(request, response, clock.nowSeconds());
  }
  const text = await textOf(request, response);
  return { text, etag: response.headers.get('etag'), lastModified: response.headers.get('last-modified') };
}

/** Whatever becomes of the rest does not matter any more. */
async function discard({ body }: Response): Promise<void> {
  await body?.cancel().catch(() => {});
}

async function textOf(request: HttpRequest, { body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let left = MOST_ANSWER_BYTES;
  try {
    for await (const chunk of body ?? []) {
      left -= chunk.length;
      if (left < 0) break;
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    throw networkFailure(request, error);
  }
  if (left >= 0) return text + decoder.decode();
  throw new HttpFailure(`${placeOf(request)}: answered more than ${MOST_ANSWER_BYTES} bytes`, false);
}
