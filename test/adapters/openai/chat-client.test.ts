import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ChatClient, type ChatRequest, createChatClient } from '../../../adapters/openai/chat-client.js';
import { ChatFailure } from '../../../adapters/openai/chat-failure.js';
import { systemClock } from '../../../contract/clock.js';
import { createManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';
import { errorBody, type OpenAiServer, type ServedAnswer, startOpenAiServer } from './openai-server.js';

const REQUEST: ChatRequest = {
  model: 'test-model',
  messages: [{ role: 'user', content: 'Grüße' }],
  maxTokens: 16,
  logProbabilities: true,
};
const KEY = { text: 'sk-secret', place: 'the environment variable OPENAI_API_KEY' };
const NO_KEY = { text: '', place: '' };

function clientOf({ baseUrl }: Pick<OpenAiServer, 'baseUrl'>, clock = systemClock, key = NO_KEY): ChatClient {
  return createChatClient({ baseUrl, key, timeoutSeconds: 30 }, clock);
}

async function collect(client: ChatClient, request = REQUEST, signal = new AbortController().signal) {
  const pieces = [];
  for await (const piece of client.stream(request, signal)) pieces.push(piece);
  return pieces;
}

/** What a failing chat says. */
async function failure(answer: ServedAnswer, key = NO_KEY): Promise<ChatFailure> {
  await using server = await startOpenAiServer(answer);
  const error: unknown = await collect(clientOf(server, systemClock, key)).catch((reason) => reason);
  expect(error).toBeInstanceOf(ChatFailure);
  return error as ChatFailure;
}

const textOf = (pieces: Awaited<ReturnType<typeof collect>>): string =>
  pieces.map((piece) => ('text' in piece ? piece.text : '')).join('');
const logProbabilitiesOf = (pieces: Awaited<ReturnType<typeof collect>>) =>
  pieces.flatMap((piece) => ('tokens' in piece ? piece.tokens : []));

describe('a streamed answer', () => {
  test('comes in pieces with text, log probabilities, the reason of its end and the usage', async () => {
    await using server = await startOpenAiServer({
      tokens: [
        ['Hi', -0.25],
        ['!', -9999],
      ],
    });
    expect(await collect(clientOf(server))).toEqual([
      { text: '', tokens: [] },
      { text: 'Hi', tokens: [{ logProbability: -0.25 }] },
      { text: '!', tokens: [{ logProbability: -9999 }] },
      { text: '', tokens: [], finishReason: 'stop' },
      { text: '', tokens: [], usage: { promptTokens: 9, completionTokens: 2 } },
    ]);
  });

  test('is asked for as the API wants it', async () => {
    await using server = await startOpenAiServer();
    await collect(clientOf({ baseUrl: `${server.baseUrl}/` }, systemClock, KEY), {
      ...REQUEST,
      temperature: 0.5,
    });
    expect(server.chats).toEqual([
      {
        method: 'POST',
        path: '/v1/chat/completions',
        headers: expect.objectContaining({
          'content-type': 'application/json',
          authorization: 'Bearer sk-secret',
        }),
        body: {
          model: 'test-model',
          messages: [{ role: 'user', content: 'Grüße' }],
          max_tokens: 16,
          temperature: 0.5,
          logprobs: true,
          stream: true,
          stream_options: { include_usage: true },
        },
      },
    ]);
  });

  test('sends no key where there is none, and neither temperature nor logprobs unless asked', async () => {
    await using server = await startOpenAiServer();
    await collect(clientOf(server), { ...REQUEST, logProbabilities: false });
    expect(server.chats[0]?.headers).not.toHaveProperty('authorization');
    expect(server.chats[0]?.body).not.toHaveProperty('temperature');
    expect(server.chats[0]?.body).not.toHaveProperty('logprobs');
  });

  test('is the same however many tokens a chunk has and wherever its bytes are cut', async () => {
    await using server = await startOpenAiServer();
    const client = clientOf(server);
    const expected = [-0.31725305, -0.0012, -1.5, 0].map((logProbability) => ({ logProbability }));
    const cuts = fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 5 });
    const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
    const comment = fc.constantFrom(undefined, ': keep-alive', ':');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), cuts, lineEnd, comment, async (a, b, c, d) => {
        server.answer = { tokensAChunk: a, cuts: b, lineEnd: c, ...(d === undefined ? {} : { comment: d }) };
        const pieces = await collect(client);
        expect(textOf(pieces)).toBe('Hello, wörld!');
        expect(logProbabilitiesOf(pieces)).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });

  test('is whole without [DONE] when it said why it ended', async () => {
    const event = JSON.stringify({ choices: [{ delta: { content: 'Hi' }, finish_reason: 'stop' }] });
    await using server = await startOpenAiServer({ events: [event] });
    expect(textOf(await collect(clientOf(server)))).toBe('Hi');
  });

  test('can be had as one text', async () => {
    await using server = await startOpenAiServer({ tokensAChunk: 2 });
    expect(await clientOf(server).complete(REQUEST, new AbortController().signal)).toBe('Hello, wörld!');
  });

  test('ends at the server when the loop is left', async () => {
    await using server = await startOpenAiServer({ endless: true });
    for await (const _piece of clientOf(server).stream(REQUEST, new AbortController().signal)) break;
    await until(() => server.open === 0, 'the end of the request');
  });

  test('ends at the server when it is aborted', async () => {
    await using server = await startOpenAiServer({ after: 'hang' });
    const stop = new AbortController();
    const reading = collect(clientOf(server), REQUEST, stop.signal);
    await server.received(1);
    stop.abort();
    await expect(reading).rejects.toBeInstanceOf(ChatFailure);
    await until(() => server.open === 0, 'the end of the request');
  });
});

test('a long answer is read as long as something comes', async () => {
  const clock = createManualClock();
  const got: unknown[] = [];
  let sent = 0;
  await using server = await startOpenAiServer({
    async between() {
      sent += 1;
      // The eighth event is no piece, and ends the answer.
      if (sent > 7) return;
      await until(() => got.length === sent, 'the piece');
      clock.advance(20);
    },
  });
  const { signal } = new AbortController();
  for await (const piece of clientOf(server, clock).stream(REQUEST, signal)) got.push(piece);
  expect(got).toHaveLength(7);
});

test('nothing is left behind, however an answer ends', async () => {
  await using server = await startOpenAiServer();
  const { signal } = new AbortController();
  const client = clientOf(server);
  await collect(client, REQUEST, signal);
  await client.models(signal);
  for (const answer of [{ refusal: { status: 500 } }, { after: 'die' as const }]) {
    server.answer = answer;
    await collect(client, REQUEST, signal).catch(() => {});
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

describe('a piece that cannot be read', () => {
  const good = JSON.stringify({
    choices: [{ delta: { content: 'Hi' }, logprobs: null, finish_reason: 'stop' }],
  });

  test.each([
    [
      '{"choices": [',
      'found "{\\"choices\\": [" in the stream, which is not JSON, expected a chat.completion.chunk',
    ],
    ['{"choices": [{"logprobs": {"content": [{"logprob": -Infinity}]}}]}', 'which is not JSON'],
    ['{"choices": 7}', 'choices: found 7, expected a list'],
    ['{"choices": [{"delta": {"content": 7}}]}', 'choices.0.delta.content: found 7, expected'],
    [
      '{"choices": [], "usage": {"prompt_tokens": -1, "completion_tokens": 1}}',
      'usage.prompt_tokens: found -1',
    ],
    ['[]', 'found [], expected an object'],
    ['null', 'found null, expected an object'],
  ])('%s is passed over with a reason', async (event, reason) => {
    await using server = await startOpenAiServer({ events: [event, good, '[DONE]'] });
    const [bad, next] = await collect(clientOf(server));
    expect(bad).toEqual({ reason: expect.stringContaining(reason) });
    expect(next).toMatchObject({ text: 'Hi' });
  });

  test.each([
    ['null', 'found the log probability null, expected a finite number of at most 0'],
    ['0.5', 'found the log probability 0.5'],
    ['"-1"', 'found the log probability "-1"'],
    ['-1e999', 'found the log probability -Infinity'],
    ['1e999', 'found the log probability Infinity'],
  ])('a log probability of %s is refused alone', async (logprob, reason) => {
    const event = `{"choices": [{"delta": {}, "logprobs": {"content": [{"logprob": ${logprob}}, {"logprob": -1}]}}]}`;
    await using server = await startOpenAiServer({ events: [event, '[DONE]'] });
    expect(logProbabilitiesOf(await collect(clientOf(server)))).toEqual([
      { reason: expect.stringContaining(reason) },
      { logProbability: -1 },
    ]);
  });

  test('leaves no text of which a part is missing', async () => {
    await using server = await startOpenAiServer({ events: ['{"choices": 7}', good, '[DONE]'] });
    const text = clientOf(server).complete(REQUEST, new AbortController().signal);
    await expect(text).rejects.toMatchObject({ kind: 'busy', message: 'choices: found 7, expected a list' });
  });

  test('whatever an event holds, it is a piece or a reason', async () => {
    await using server = await startOpenAiServer();
    const client = clientOf(server);
    const event = fc.oneof(fc.json(), fc.string()).map((text) => text.replace(/[\r\n]/g, ' '));
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 10 }), async (events) => {
        const safe = events.filter((data) => !/error|detail|DONE/.test(data));
        server.answer = { events: [...safe, '[DONE]'] };
        expect(await collect(client)).toHaveLength(safe.length);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a server that does not answer', () => {
  test.each<[ServedAnswer, string, string]>([
    [
      { refusal: { status: 404, body: errorBody('model "x" not found, try pulling it first') } },
      'refused',
      'answered 404 Not Found: model "x" not found, try pulling it first',
    ],
    [{ refusal: { status: 400, body: { error: 'bad prompt' } } }, 'refused', 'Bad Request: bad prompt'],
    [{ refusal: { status: 400, body: { object: 'error', message: 'bad' } } }, 'refused', 'Bad Request: bad'],
    [{ refusal: { status: 422, body: { detail: 'bad' } } }, 'refused', 'Unprocessable Entity: bad'],
    [{ refusal: { status: 500, body: '<h1>oh</h1>' } }, 'busy', 'answered 500 Internal Server Error'],
    [{ refusal: { status: 503, body: errorBody('Loading model') } }, 'busy', 'Unavailable: Loading model'],
    [
      { refusal: { status: 200, body: '<h1>hi</h1>' } },
      'refused',
      'answered with text/html, expected text/event-',
    ],
    [
      { refusal: { status: 301, headers: { location: 'https://a.b/v1?k=1' } } },
      'refused',
      'points to https://a.b/v1',
    ],
    [{ after: 'error' }, 'busy', 'failed while it answered: out of memory'],
    [{ after: 'die' }, 'gone', '/chat/completions: '],
    [{ after: 'break-off' }, 'gone', 'broke off in the middle of an answer'],
  ])('%j is %s', async (answer, kind, reason) => {
    const { message, ...error } = await failure(answer);
    expect(error.kind).toBe(kind);
    expect(message).toContain(reason);
    expect(message).toMatch(/^POST http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions: [^\n]+$/);
  });

  test('is left when an event has no end', async () => {
    const { kind, message } = await failure({ events: ['x'.repeat(2 ** 20)] });
    expect([kind, message]).toEqual([
      'gone',
      expect.stringContaining('an event of more than 1048576 characters came'),
    ]);
  });

  test.each([
    ['20', 20],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 10],
    ['soon', 0],
  ])('is left alone for a Retry-After of %s', async (header, seconds) => {
    const refusal = {
      status: 429,
      headers: { 'retry-after': header },
      body: errorBody('Rate limit reached'),
    };
    await using server = await startOpenAiServer({ refusal });
    const client = clientOf(server, createManualClock(Date.UTC(2026, 9, 21, 7, 27, 50) / 1000));
    await expect(collect(client)).rejects.toMatchObject({ kind: 'busy', retryAfterSeconds: seconds });
  });

  test.each([401, 403])('says which key is wrong when it answers %d, and never the key', async (status) => {
    const refusal = { status, body: errorBody('Incorrect API key provided: sk-secret') };
    const named = await failure({ refusal }, KEY);
    expect(named.kind).toBe('refused');
    expect(named.message).toContain(`answered ${status}, because it does not take the key in ${KEY.place}`);
    expect(named.message).not.toContain('sk-secret');
    expect((await failure({ refusal })).message).toContain('name the environment variable that holds it');
  });

  test('does not show the key where it repeats it', async () => {
    const refusal = { status: 400, body: errorBody('no sk-secret\n please') };
    expect((await failure({ refusal }, KEY)).message).toMatch(/no \[key\] please$/);
  });

  test('cuts short what it has to say', async () => {
    const refusal = { status: 400, body: errorBody('no '.repeat(500)) };
    expect((await failure({ refusal })).message.length).toBeLessThan(310);
  });

  test('is gone when nobody listens', async () => {
    const server = await startOpenAiServer();
    await server.stop();
    await expect(collect(clientOf(server))).rejects.toMatchObject({
      kind: 'gone',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test.each<[string, ServedAnswer, number]>([
    ['before', { events: [], after: 'hang' }, 0],
    ['in the middle of', { after: 'hang' }, 5],
  ])('is given up when it hangs %s its answer', async (_when, answer, pieces) => {
    await using server = await startOpenAiServer(answer);
    const clock = createManualClock();
    const got: unknown[] = [];
    const reading = (async () => {
      const { signal } = new AbortController();
      for await (const piece of clientOf(server, clock).stream(REQUEST, signal)) got.push(piece);
    })();
    await server.received(1);
    await until(() => got.length === pieces, 'the last piece');
    clock.advance(29);
    expect(server.open).toBe(1);
    clock.advance(1);
    await expect(reading).rejects.toMatchObject({
      kind: 'busy',
      message: expect.stringContaining('sent nothing for 30 s'),
    });
    await until(() => server.open === 0, 'the end of the request');
  });
});

describe('an OpenAI model that knows max_completion_tokens alone', () => {
  const refusal = {
    status: 400,
    body: errorBody(
      "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
      'unsupported',
    ),
  };

  test('is asked again with that, and from then on at once', async () => {
    await using server = await startOpenAiServer(({ body }) => ('max_tokens' in body ? { refusal } : {}));
    const client = clientOf(server);
    expect(textOf(await collect(client))).toBe('Hello, wörld!');
    expect(textOf(await collect(client))).toBe('Hello, wörld!');
    expect(server.chats.map(({ body }) => body.max_completion_tokens)).toEqual([undefined, 16, 16]);
  });

  test('is not asked for ever', async () => {
    await using server = await startOpenAiServer({ refusal });
    const client = clientOf(server);
    await expect(collect(client)).rejects.toMatchObject({ kind: 'refused' });
    expect(server.chats).toHaveLength(2);
    await expect(collect(client)).rejects.toMatchObject({ kind: 'refused' });
    expect(server.chats).toHaveLength(3);
  });
});

describe('the list of models', () => {
  const list = (server: OpenAiServer) => clientOf(server).models(new AbortController().signal);

  test('has their names, or none', async () => {
    await using server = await startOpenAiServer();
    server.models = ['a', 'b'];
    expect(await list(server)).toEqual(['a', 'b']);
    server.models = null;
    expect(await list(server)).toEqual([]);
  });

  test('is missed with a sentence where there is none', async () => {
    await using server = await startOpenAiServer();
    const client = createChatClient(
      { baseUrl: server.baseUrl.replace('/v1', ''), key: NO_KEY, timeoutSeconds: 1 },
      systemClock,
    );
    await expect(client.models(new AbortController().signal)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/^GET http:\S+\/models: answered 404 Not Found: Unknown request URL/),
    });
  });
});
