import type { Clock } from '../contract/clock.js';
import { type HttpRequest, send, statusFailure, withinTime } from './http-request.js';

/** More of an answer than this is not read: the connection is given up instead. */
const MOST_ANSWER_BYTES = 64 * 1024;

export interface HttpPost {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  readonly timeoutSeconds: number;
}

/**
 * POSTs once, over a connection that is kept for the next. Redirects are not followed.
 *
 * @throws HttpFailure when it was not answered with a 2xx in time; its reason does not show the URL's query.
 */
export function postOnce(post: HttpPost, clock: Clock, signal: AbortSignal): Promise<void> {
  const { timeoutSeconds, ...rest } = post;
  const request: HttpRequest = { method: 'POST', ...rest };
  return withinTime(timeoutSeconds, clock, signal, async (giveUp) => {
    const response = await send(request, giveUp);
    await drain(response).catch(() => {});
    if (!response.ok) throw statusFailure(request, response, clock.nowSeconds());
  });
}

/** An answer that is not read to its end keeps its connection from being used again. */
async function drain({ body }: Response): Promise<void> {
  let left = MOST_ANSWER_BYTES;
  for await (const chunk of body ?? []) {
    left -= chunk.length;
    if (left < 0) return;
  }
}
