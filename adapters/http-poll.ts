import type { InputContext } from '../contract/adapters.js';
import { sleep } from '../contract/clock.js';
import { type Instant, secondsBetween } from '../contract/instant.js';
import { backoffSeconds } from './backoff.js';
import { type BearerOptions, readBearer } from './bearer.js';
import { getOnce, type HttpAnswer } from './http-get.js';
import { HttpFailure, withoutSecrets } from './http-request.js';
import { createMessageReader, type MessageOptions } from './message-reader.js';

export interface PollOptions extends MessageOptions, BearerOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly timeout: number;
}

/**
 * Reads a URL once every period until `signal` aborts, one request at a time. While the server fails its reading is
 * lost, and it is asked again after growing waits.
 *
 * @throws Error with a sentence when there is no token where one should be.
 */
export async function pollUrl(
  options: PollOptions,
  context: InputContext,
  signal: AbortSignal,
): Promise<void> {
  const { clock, everySeconds } = context;
  const poll = createPoll(options, context, signal);
  let failures = 0;
  while (!signal.aborted) {
    const dueAt = clock.monotonicSeconds() + everySeconds;
    const failure = await poll().then(() => null, onlyHttpFailure);
    if (signal.aborted) return;
    if (failure === null) {
      failures = 0;
      await sleep(clock, Math.max(0, dueAt - clock.monotonicSeconds()), signal);
    } else {
      failures += 1;
      context.lose(failure.message);
      await sleep(clock, waitSeconds(failure, failures, everySeconds), signal);
    }
  }
}

/** The headers of a poll, the token among them. */
export async function requestHeaders(
  options: Pick<PollOptions, 'headers'> & BearerOptions,
): Promise<Headers> {
  const all = new Headers({ 'user-agent': 'becomingone' });
  for (const [name, value] of Object.entries(options.headers)) all.set(name, value);
  const token = await readBearer(options);
  if (token !== undefined) all.set('authorization', `Bearer ${token}`);
  return all;
}

/** What the last poll brought: the next one asks for no more than what has changed since. */
interface Known {
  readonly answer: HttpAnswer;
  readonly at: Instant | undefined;
}

/** Makes a function that polls once, and tells the context what it read. */
function createPoll(options: PollOptions, context: InputContext, signal: AbortSignal): () => Promise<void> {
  const { url, timeout: timeoutSeconds } = options;
  const read = createMessageReader(options);
  let known: Known | null = null;
  return async () => {
    const headers = await requestHeaders(options);
    if (known?.answer.etag) headers.set('if-none-match', known.answer.etag);
    if (known?.answer.lastModified) headers.set('if-modified-since', known.answer.lastModified);
    const before: Known | null = known;
    // After a failure the answer is wanted whole, changed or not.
    known = null;
    const answer = await getOnce({ url, headers, timeoutSeconds }, context.clock, signal);
    known = before;
    if (answer === null || signal.aborted) return;
    const result = read(answer.text);
    const at = result !== null && 'reading' in result ? result.reading.at : undefined;
    known = { answer, at };
    if (result === null) return;
    if ('reason' in result) context.reject(`GET ${withoutSecrets(url)}: ${result.reason}`);
    else if (!isSame(at, before?.at)) context.emit(result.reading);
  };
}

/** Whether a server shows a value again that it has not measured anew. */
function isSame(at: Instant | undefined, before: Instant | undefined): boolean {
  return at !== undefined && before !== undefined && secondsBetween(before, at) === 0;
}

function onlyHttpFailure(error: unknown): HttpFailure {
  if (error instanceof HttpFailure) return error;
  throw error;
}

/** A server that asks for fewer requests, or refuses them, is not asked more often than it would have been. */
function waitSeconds(
  { retryAfterSeconds, status = 0 }: HttpFailure,
  failures: number,
  everySeconds: number,
): number {
  const isRefusal = status >= 400 && status < 500;
  return Math.max(backoffSeconds(failures, Math.random()), retryAfterSeconds, isRefusal ? everySeconds : 0);
}
