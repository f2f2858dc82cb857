import type { Clock } from '../../contract/clock.js';
import { answerJson } from '../answer-json.js';
import {
  HttpFailure,
  type HttpRequest,
  networkFailure,
  placeOf,
  send,
  statusFailure,
} from '../http-request.js';
import { type IdleLimit, watchIdle } from '../idle-limit.js';
import { errorMessageOf } from './chat-chunk.js';
import { ChatFailure, type ChatFailureKind } from './chat-failure.js';
import type { ApiKey } from './chat-options.js';

const MOST_ERROR_BYTES = 64 * 1024;
const MOST_SHOWN_CHARACTERS = 300;

export interface ChatServer {
  /** As far as its /v1. */
  readonly baseUrl: string;
  readonly key: ApiKey;
  /** How long it may send nothing. */
  readonly timeoutSeconds: number;
}

/** One request to a server and its answer, as long as it goes on; `end` it in any case. */
export class ChatExchange {
  private readonly server: ChatServer;
  private readonly clock: Clock;
  private readonly request: HttpRequest;
  private readonly limit: IdleLimit;
  private readonly stop = new AbortController();
  private readonly outer: AbortSignal;
  private isIdle = false;

  /** @param body sent as JSON; without one it is a GET. */
  constructor(server: ChatServer, clock: Clock, path: string, body: object | undefined, signal: AbortSignal) {
    const { baseUrl, key } = server;
    const headers = new Headers({ 'content-type': 'application/json', 'user-agent': 'becomingone' });
    if (key.text !== '') headers.set('authorization', `Bearer ${key.text}`);
    const url = `${baseUrl.replace(/\/+$/, '')}${path}`;
    this.server = server;
    this.clock = clock;
    this.request =
      body === undefined
        ? { method: 'GET', url, headers }
        : { method: 'POST', url, headers, body: JSON.stringify(body) };
    this.limit = watchIdle(clock, server.timeoutSeconds, () => {
      this.isIdle = true;
      this.end();
    });
    this.outer = signal;
    if (signal.aborted) this.end();
    else signal.addEventListener('abort', this.end, { once: true });
  }

  /** Sends the request; an answer that is not a 2xx is thrown. */
  async send(): Promise<Response> {
    const response = await send(this.request, this.stop.signal);
    if (response.ok) return response;
    throw await this.refusal(response);
  }

  /** Something has come of the answer. */
  touch(): void {
    this.limit.heard();
  }

  /** Ends it wherever it is. */
  readonly end = (): void => {
    this.limit.stop();
    this.outer.removeEventListener('abort', this.end);
    this.stop.abort();
  };

  /** @param what completes the sentence after the method and the address. */
  failure(kind: ChatFailureKind, what: string): ChatFailure {
    return new ChatFailure(kind, this.shown(`${placeOf(this.request)}: ${what}`));
  }

  /** Whatever was thrown while the answer was asked for or read. */
  failureOf(error: unknown): ChatFailure {
    if (error instanceof ChatFailure) return error;
    if (this.isIdle) return this.failure('busy', `sent nothing for ${this.server.timeoutSeconds} s`);
    const { message } = error instanceof HttpFailure ? error : networkFailure(this.request, error);
    return new ChatFailure('gone', this.shown(message));
  }

  private async refusal(response: Response): Promise<ChatFailure> {
    const { status } = response;
    if (status === 401 || status === 403)
      return this.failure('refused', keySentence(status, this.server.key));
    const { message, passing, retryAfterSeconds } = statusFailure(
      this.request,
      response,
      this.clock.nowSeconds(),
    );
    const said = errorMessageOf(await answerJson(response, MOST_ERROR_BYTES).catch(() => undefined));
    const reason = this.shown(said === undefined ? message : `${message}: ${said}`);
    return new ChatFailure(passing ? 'busy' : 'refused', reason, retryAfterSeconds);
  }

  /** On one line that is not too long, and without the key, should the server repeat it. */
  private shown(text: string): string {
    const { key } = this.server;
    const safe = key.text === '' ? text : text.replaceAll(key.text, '[key]');
    const line = safe.replace(/\s+/g, ' ').trim();
    return line.length > MOST_SHOWN_CHARACTERS ? `${line.slice(0, MOST_SHOWN_CHARACTERS)}...` : line;
  }
}

function keySentence(status: number, { text, place }: ApiKey): string {
  return text === ''
    ? `answered ${status}, because it wants a key; name the environment variable that holds it with api_key_env`
    : `answered ${status}, because it does not take the key in ${place}`;
}
