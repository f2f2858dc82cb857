import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../../support/until.js';

/** A token and what its log probability is said to be. */
export type ServedToken = readonly [text: string, logprob: unknown];

/** How the server answers a chat; every field has a default, and another answer may follow another. */
export interface ServedAnswer {
  readonly tokens?: readonly ServedToken[];
  readonly tokensAChunk?: number;
  /** Log probabilities: as they are asked for, null, or the field left out. */
  readonly logprobs?: 'asked' | 'null' | 'absent';
  /** The usage chunk, where it is asked for. */
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | 'none';
  /** How many bytes each piece of the body has, in turn; whole events unless given. */
  readonly cuts?: readonly number[];
  readonly lineEnd?: string;
  /** Awaited after each event, which then has a packet of its own. */
  readonly between?: () => Promise<void>;
  /** Written before each event, such as `: keep-alive`. */
  readonly comment?: string;
  /** What happens after the last token: the end, nothing any more, a cut connection, a body that is over, or an error. */
  readonly after?: 'end' | 'hang' | 'die' | 'break-off' | 'error';
  /** A token each millisecond, over and over. */
  readonly endless?: boolean;
  /** Instead of a stream. */
  readonly refusal?: ServedRefusal;
  /** Events in place of all others. */
  readonly events?: readonly string[];
}

export interface ServedRefusal {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: whatever a client sends
  readonly body: any;
}

/** An OpenAI-compatible server as the API's documentation describes it, and what it received. */
export interface OpenAiServer extends AsyncDisposable {
  readonly baseUrl: string;
  readonly requests: readonly ReceivedRequest[];
  readonly chats: readonly ReceivedRequest[];
  /** Answers that are still being sent. */
  readonly open: number;
  models: readonly string[] | null;
  /** The key that it wants, if any. */
  key: string | undefined;
  /** Answers from now on. */
  answer: ServedAnswer | ((request: ReceivedRequest, index: number) => ServedAnswer);
  /** Cuts every connection. */
  cut(): void;
  received(chats: number): Promise<void>;
  /** Closes it; nobody listens there any more. */
  stop(): Promise<void>;
}

const DEFAULT_TOKENS: readonly ServedToken[] = [
  ['Hello', -0.31725305],
  [',', -0.0012],
  [' wörld', -1.5],
  ['!', 0],
];

export async function startOpenAiServer(answer: OpenAiServer['answer'] = {}): Promise<OpenAiServer> {
  const requests: ReceivedRequest[] = [];
  const open = new Set<ServerResponse>();
  const chats = () => requests.filter(({ path }) => path === '/v1/chat/completions');
  const server = createServer(async (incoming, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    let text = '';
    for await (const chunk of incoming.setEncoding('utf8')) text += chunk;
    const { method = '', url: path = '', headers } = incoming;
    const request = { method, path, headers, body: text === '' ? undefined : JSON.parse(text) };
    requests.push(request);
    if (api.key !== undefined && headers.authorization !== `Bearer ${api.key}`) {
      refuse(response, { status: 401, body: errorBody('Incorrect API key provided', 'invalid_api_key') });
    } else if (path === '/v1/models') {
      sendJson(response, 200, { object: 'list', data: modelList(api.models) });
    } else if (path === '/v1/chat/completions') {
      const next = typeof api.answer === 'function' ? api.answer(request, chats().length - 1) : api.answer;
      await serve(response, request.body, next);
    } else {
      refuse(response, { status: 404, body: errorBody(`Unknown request URL: ${method} ${path}`) });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const api: OpenAiServer = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    models: ['test-model'],
    key: undefined,
    answer,
    get chats() {
      return chats();
    },
    get open() {
      return open.size;
    },
    cut: () => server.closeAllConnections(),
    received: (count) => until(() => chats().length >= count, `request ${count}`),
    stop,
    [Symbol.asyncDispose]: stop,
  };
  return api;
}

/** As OpenAI words its errors. */
export function errorBody(message: string, code: string | null = null, type = 'invalid_request_error') {
  return { error: { message, type, param: null, code } };
}

function modelList(models: readonly string[] | null) {
  return models?.map((id) => ({ id, object: 'model', created: 1_753_000_000, owned_by: 'test' })) ?? null;
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, { status, headers = {}, body }: ServedRefusal): void {
  if (typeof body === 'string')
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);
  else sendJson(response, status, body ?? errorBody('no such thing'), headers);
}

// biome-ignore lint/suspicious/noExplicitAny: whatever a client sends
async function serve(response: ServerResponse, body: any, answer: ServedAnswer): Promise<void> {
  const { refusal, after = 'end', endless = false } = answer;
  if (refusal !== undefined) return refuse(response, refusal);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  response.socket?.setNoDelay(true);
  const events = answer.events ?? eventsOf(body, answer);
  if (endless) return serveEndless(response, events);
  await write(response, events, answer);
  if (after === 'die') response.destroy();
  else if (after !== 'hang') response.end();
}

function serveEndless(response: ServerResponse, events: readonly string[]): void {
  let index = 0;
  const tick = setInterval(() => {
    response.write(`data: ${events[1 + (index % (events.length - 4))]}\n\n`);
    index += 1;
  }, 1);
  response.once('close', () => clearInterval(tick));
}

/** Writes events cut into pieces, each in a packet of its own as far as the network lets it. */
async function write(
  response: ServerResponse,
  events: readonly string[],
  answer: ServedAnswer,
): Promise<void> {
  const { lineEnd = '\n', comment, cuts } = answer;
  const ofEvent = (data: string): string =>
    `${comment === undefined ? '' : `${comment}${lineEnd}${lineEnd}`}data: ${data}${lineEnd}${lineEnd}`;
  if (answer.between !== undefined) {
    for (const data of events) {
      response.write(ofEvent(data));
      await answer.between();
    }
    return;
  }
  const bytes = Buffer.from(events.map(ofEvent).join(''));
  if (cuts === undefined) {
    await new Promise((resolve) => response.write(bytes, resolve));
    return;
  }
  for (let start = 0, turn = 0; start < bytes.length; turn += 1) {
    const end = start + Math.max(1, cuts[turn % cuts.length] ?? 1);
    response.write(bytes.subarray(start, end));
    start = end;
    await new Promise(setImmediate);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: whatever a client sends
function eventsOf(body: any, answer: ServedAnswer): string[] {
  const { tokens = DEFAULT_TOKENS, tokensAChunk = 1, logprobs = 'asked', after = 'end' } = answer;
  const chunk = (choices: object[], rest: object = {}) =>
    JSON.stringify({
      id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
      object: 'chat.completion.chunk',
      created: 1_753_000_001,
      model: body.model,
      system_fingerprint: 'fp_44709d6fcb',
      choices,
      ...rest,
    });
  const choice = (delta: object, content: readonly ServedToken[], finish: string | null = null) => ({
    index: 0,
    delta,
    ...(logprobs === 'absent' ? {} : { logprobs: logprobsOf(body, logprobs, content) }),
    finish_reason: finish,
  });
  const events = [chunk([choice({ role: 'assistant', content: '', refusal: null }, [])])];
  const served = tokens.slice(0, body.max_tokens ?? body.max_completion_tokens);
  for (let start = 0; start < served.length; start += tokensAChunk) {
    const some = served.slice(start, start + tokensAChunk);
    events.push(chunk([choice({ content: some.map(([text]) => text).join('') }, some)]));
  }
  if (after === 'error') return [...events, JSON.stringify(errorBody('out of memory', null, 'server_error'))];
  if (after !== 'end') return events;
  events.push(chunk([choice({}, [], served.length < tokens.length ? 'length' : 'stop')]));
  const { usage = { prompt_tokens: 9, completion_tokens: served.length } } = answer;
  if (usage !== 'none' && body.stream_options?.include_usage === true) {
    const total_tokens = usage.prompt_tokens + usage.completion_tokens;
    events.push(chunk([], { usage: { ...usage, total_tokens } }));
  }
  return [...events, '[DONE]'];
}

// biome-ignore lint/suspicious/noExplicitAny: whatever a client sends
function logprobsOf(body: any, logprobs: ServedAnswer['logprobs'], tokens: readonly ServedToken[]) {
  if (logprobs === 'null' || body.logprobs !== true || tokens.length === 0) return null;
  return {
    content: tokens.map(([token, logprob]) => ({
      token,
      logprob,
      bytes: [...Buffer.from(token)],
      top_logprobs: [],
    })),
    refusal: null,
  };
}
