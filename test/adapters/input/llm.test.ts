import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { llmInput } from '../../../adapters/input/llm.js';
import type { Clock } from '../../../contract/clock.js';
import { systemClock } from '../../../contract/clock.js';
import { createTokenEncoder } from '../../../kairos/token-encoder.js';
import { createManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';
import { errorBody, type OpenAiServer, startOpenAiServer } from '../openai/openai-server.js';
import { createInputBench, describeInput, type InputBench } from './input-suite.js';
import { runInput } from './running-input.js';

const QUICK = { prompt_every: 0, max_tokens_per_day: 1e9, max_requests_per_hour: 1e9 };

describeInput(llmInput, async () => {
  const server = await startOpenAiServer({ endless: true });
  return {
    options: { base_url: server.baseUrl, ...QUICK },
    kill: () => server.cut(),
    ruin: () => server.stop(),
    [Symbol.asyncDispose]: () => server.stop(),
  };
});

/** An input that runs on a server; disposing of it stops it. */
interface Running extends InputBench, AsyncDisposable {
  /** What it ended with. */
  readonly ended: Promise<unknown>;
}

function run(server: OpenAiServer, settings: object, clock: Clock = systemClock): Running {
  const bench = createInputBench(clock);
  const stop = new AbortController();
  const options = llmInput.options.parse({ base_url: server.baseUrl, ...settings });
  const ended = llmInput
    .create(options, bench.context)
    .run(stop.signal)
    .then(
      () => 'stopped',
      (error) => error.message,
    );
  return {
    ...bench,
    ended,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}

const readings = (bench: InputBench, count: number): Promise<void> =>
  until(() => bench.readings.length >= count, `reading ${count}`);

/** Does something again and again until it has had its effect. */
const untilAfter = (act: () => void, holds: () => boolean, what: string): Promise<void> =>
  until(() => {
    act();
    return holds();
  }, what);

const values = ({ readings: all }: InputBench): number[] => all.map(({ value }) => value);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llm-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a token', () => {
  test('is how many tokens stand before it, and its log probability', async () => {
    await using server = await startOpenAiServer({ tokensAChunk: 3 });
    await using input = run(server, {});
    await readings(input, 4);
    expect(input.readings).toEqual([
      { value: 0, imag: -0.31725305 },
      { value: 1, imag: -0.0012 },
      { value: 2, imag: -1.5 },
      { value: 3, imag: 0 },
    ]);
  });

  test('stands behind the tokens of its prompt once the server has counted these', async () => {
    const file = join(folder, 'prompt.txt');
    await using server = await startOpenAiServer();
    const clock = createManualClock();
    await writeFile(file, 'one');
    await using input = run(server, { prompt_file: file }, clock);
    for (const [round, next] of ['one', 'two', 'three'].entries()) {
      await readings(input, 4 * (round + 1));
      await until(() => server.open === 0, 'the end of the answer');
      await writeFile(file, next);
      clock.advance(60);
    }
    expect(values(input)).toEqual([0, 1, 2, 3, 9, 10, 11, 12, 0, 1, 2, 3]);
  });

  test('becomes a phase by the encoder of the input', () => {
    const options = llmInput.options.parse({ context: 1000 });
    const config = llmInput.encoder?.(options);
    expect(config).toEqual({ name: 'token', context: 1000 });
    const encoder = createTokenEncoder({ context: 1000 });
    encoder.encode(250, Math.log(0.75), 1, 0);
    expect([encoder.real, encoder.imag]).toEqual([0.25, expect.closeTo(0.25, 12)]);
    expect(llmInput.encoder?.(llmInput.options.parse({}))).toEqual({ name: 'token', context: 4096 });
  });

  test('that is very unlikely has a log probability of -9999; one that has none is refused', async () => {
    const tokens = [
      ['a', -9999],
      ['b', null],
      ['c', 0.1],
      ['d', -1],
    ] as const;
    await using server = await startOpenAiServer({ tokens });
    await using input = run(server, {});
    await readings(input, 2);
    expect(input.readings).toEqual([
      { value: 0, imag: -9999 },
      { value: 3, imag: -1 },
    ]);
    expect(input.rejections).toEqual([
      'found the log probability null, expected a finite number of at most 0',
      'found the log probability 0.1, expected a finite number of at most 0',
    ]);
  });

  test('is read as it comes, before the answer ends', async () => {
    await using server = await startOpenAiServer({ after: 'hang' });
    await using input = run(server, {});
    await readings(input, 4);
    expect(server.open).toBe(1);
  });

  test('in an event that is broken is passed over', async () => {
    const token = '{"choices":[{"delta":{"content":"a"},"logprobs":{"content":[{"logprob":-1}]}}]}';
    await using server = await startOpenAiServer({ events: [token, '{"choices"', token, '[DONE]'] });
    await using input = run(server, {});
    await readings(input, 2);
    expect(values(input)).toEqual([0, 1]);
    expect(input.rejections).toEqual([expect.stringContaining('which is not JSON')]);
  });
});

describe('a prompt', () => {
  test('is asked again and again, with a system message', async () => {
    await using server = await startOpenAiServer();
    const settings = {
      prompt: 'Why?',
      system: 'Be brief.',
      temperature: 0,
      max_tokens: 2,
      model: 'm',
      ...QUICK,
    };
    await using input = run(server, settings);
    await server.received(3);
    expect(server.chats[2]?.body).toMatchObject({
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Why?' },
      ],
      temperature: 0,
      max_tokens: 2,
      logprobs: true,
    });
    expect(values(input).slice(0, 2)).toEqual([0, 1]);
  });

  test('is asked once a minute unless it is said otherwise', async () => {
    await using server = await startOpenAiServer();
    const clock = createManualClock();
    await using input = run(server, { prompt: 'Why?' }, clock);
    await readings(input, 4);
    await until(() => server.open === 0, 'the end of the answer');
    clock.advance(59);
    expect(server.chats).toHaveLength(1);
    clock.advance(1);
    await readings(input, 8);
    expect(server.chats).toHaveLength(2);
  });

  test('comes from a file, which is read anew each time', async () => {
    const file = join(folder, 'prompt.txt');
    await writeFile(file, ' one\n');
    await using server = await startOpenAiServer();
    const clock = createManualClock();
    await using input = run(server, { prompt_file: file, prompt_every: '10s' }, clock);
    await readings(input, 4);
    await writeFile(file, 'two');
    await untilAfter(
      () => clock.advance(10),
      () => input.readings.length >= 8,
      'the second prompt',
    );
    const prompts = server.chats.map(({ body }) => body.messages[0].content);
    expect(prompts.slice(0, 2)).toEqual(['one', 'two']);
  });

  test.each([
    ['is missing', async () => {}, 'ENOENT'],
    ['is empty', (file: string) => writeFile(file, ' \n'), 'it is empty'],
    [
      'is too long',
      (file: string) => writeFile(file, 'x'.repeat(200_000)),
      'it has 200000 bytes, expected at most',
    ],
  ])('whose file %s is waited for', async (_what, prepare, reason) => {
    const file = join(folder, 'prompt.txt');
    await prepare(file);
    await using server = await startOpenAiServer();
    await using input = runInput(llmInput, { base_url: server.baseUrl, prompt_file: file });
    await untilAfter(
      () => input.clock.advance(1),
      () => input.waits > 5,
      'the fifth look',
    );
    expect(input.losses).toEqual([expect.stringContaining(`found no prompt in prompt_file ${file}: `)]);
    expect(input.losses[0]).toContain(reason);
    await writeFile(file, 'one');
    await until(() => input.pending === 1, 'the pause');
    input.clock.advance(1);
    // It may have been looked at just before.
    await until(() => input.pending === 1, 'the pause');
    input.clock.advance(1);
    await readings(input, 4);
  });

  test('that is a folder is none', async () => {
    await using server = await startOpenAiServer();
    await using input = run(server, { prompt_file: folder });
    await until(() => input.losses.length > 0, 'the sentence');
    expect(input.losses[0]).toContain('it is no file');
  });

  test('comes from a topic; while an answer runs the newest waits, and what was kept is old', async () => {
    await using server = await startOpenAiServer(({ body }) =>
      body.messages[0].content === 'one' ? { after: 'hang' } : {},
    );
    const clock = createManualClock();
    await using input = run(server, { prompt_topic: 'house/+/asks' }, clock);
    input.publish('house/door/asks', 'old', true);
    await untilAfter(
      () => input.publish('house/door/asks', 'one'),
      () => server.chats.length === 1,
      'the first prompt',
    );
    await readings(input, 4);
    for (const prompt of ['two', 'three', ' four ']) input.publish('house/door/asks', prompt);
    await untilAfter(
      () => clock.advance(1),
      () => server.chats.length === 2,
      'the second prompt',
    );
    await readings(input, 8);
    await until(() => server.open === 0, 'the end of the answer');
    clock.advance(1000);
    expect(server.chats.map(({ body }) => body.messages[0].content)).toEqual(['one', 'four']);
  });

  test.each([
    ['', 'asks: found an empty message, expected a prompt of 1 to 65536 characters'],
    [
      'x'.repeat(65_537),
      'asks: found a message of 65537 characters, expected a prompt of 1 to 65536 characters',
    ],
  ])('that is none is refused', async (text, reason) => {
    await using server = await startOpenAiServer();
    await using input = run(server, { prompt_topic: 'asks' });
    await untilAfter(
      () => input.publish('asks', text),
      () => input.rejections.length > 0,
      'the refusal',
    );
    expect(input.rejections[0]).toBe(reason);
  });

  test('comes from one place', async () => {
    await using server = await startOpenAiServer();
    const settings = { prompt: 'Why?', prompt_topic: 'asks' };
    await using input = run(server, settings);
    const sentence = 'found prompt and prompt_topic, expected one of them';
    expect(await input.ended).toBe(sentence);
    expect(await probe(server, settings)).toEqual({ ok: false, reason: sentence });
    expect(server.requests).toEqual([]);
  });
});

describe('a model', () => {
  test('is the first of the server unless it is named', async () => {
    await using server = await startOpenAiServer();
    server.models = ['first', 'second'];
    await using _input = run(server, {});
    await server.received(1);
    expect(server.chats[0]?.body.model).toBe('first');
  });

  test('is missed in a sentence', async () => {
    await using server = await startOpenAiServer();
    server.models = [];
    await using input = run(server, {});
    expect(await input.ended).toBe(
      `${server.baseUrl} has no model; with Ollama, ollama pull llama3.2 brings one`,
    );
  });
});

describe('what may pass', () => {
  test('a server that hangs in the middle of an answer is asked again, later each time', async () => {
    await using server = await startOpenAiServer({ after: 'hang' });
    const clock = createManualClock();
    await using input = run(server, { ...QUICK, timeout: '5s' }, clock);
    await readings(input, 4);
    clock.advance(5);
    await until(() => input.losses.length === 1, 'the sentence');
    expect(input.losses).toEqual([`POST ${server.baseUrl}/chat/completions: sent nothing for 5 s`]);
    clock.advance(0.124);
    await new Promise(setImmediate);
    expect(server.chats).toHaveLength(1);
    clock.advance(0.126);
    await readings(input, 8);
    clock.advance(5);
    await until(() => input.losses.length === 2, 'the second sentence');
    clock.advance(0.249);
    await new Promise(setImmediate);
    expect(server.chats).toHaveLength(2);
  });

  test('a server that is asked too much is left alone as long as it says', async () => {
    const refusal = { status: 429, headers: { 'retry-after': '20' }, body: errorBody('Rate limit reached') };
    await using server = await startOpenAiServer((_request, index) => (index === 0 ? { refusal } : {}));
    const clock = createManualClock();
    await using input = run(server, QUICK, clock);
    await until(() => input.losses.length === 1, 'the sentence');
    expect(input.losses[0]).toContain('answered 429 Too Many Requests: Rate limit reached');
    clock.advance(19.9);
    await new Promise(setImmediate);
    expect(server.chats).toHaveLength(1);
    clock.advance(0.1);
    await readings(input, 4);
  });

  test.each(['null', 'absent'] as const)('log probabilities that are %s', async (logprobs) => {
    await using server = await startOpenAiServer({ logprobs });
    await using input = run(server, { model: 'old', ...QUICK });
    await until(() => input.losses.length === 2, 'the sentences');
    expect(input.losses[1]).toBe(
      `old at ${server.baseUrl} sends no log probabilities; llama.cpp, vLLM, OpenAI and Ollama from 0.12.11 do`,
    );
    expect(input.readings).toEqual([]);
  });

  test('a long answer without log probabilities is not paid to its end', async () => {
    await using server = await startOpenAiServer({ endless: true, logprobs: 'null' });
    await using input = run(server, {});
    await until(() => input.losses.length === 1, 'the sentence');
    await until(() => server.open === 0, 'the end of the request');
  });

  test('an answer that is longer than was asked for is left', async () => {
    await using server = await startOpenAiServer({ endless: true });
    await using input = run(server, { max_tokens: 20 });
    await until(() => input.readings.length > 0 && server.open === 0, 'the end of the request');
    expect(input.readings).toHaveLength(21);
  });

  test('an answer without text', async () => {
    await using server = await startOpenAiServer({ tokens: [] });
    await using input = run(server, {});
    await until(() => input.losses.length === 1, 'the sentence');
    expect(input.losses[0]).toContain(
      'answered without text; a model that thinks first needs more max_tokens',
    );
  });
});

describe('what will not pass ends the run', () => {
  test('a key that is not taken', async () => {
    process.env.LLM_TEST_KEY = 'sk-wrong';
    await using server = await startOpenAiServer();
    server.key = 'sk-right';
    await using input = run(server, { api_key_env: 'LLM_TEST_KEY' });
    const sentence = await input.ended;
    delete process.env.LLM_TEST_KEY;
    expect(sentence).toBe(
      `GET ${server.baseUrl}/models: answered 401, because it does not take the key in the environment variable LLM_TEST_KEY`,
    );
  });

  test('a connection that breaks', async () => {
    await using server = await startOpenAiServer({ after: 'die' });
    await using input = run(server, {});
    expect(await input.ended).toContain(`POST ${server.baseUrl}/chat/completions: `);
    expect(input.readings).toHaveLength(4);
  });

  test('a server that is none', async () => {
    await using server = await startOpenAiServer({ refusal: { status: 200, body: '<h1>hi</h1>' } });
    await using input = run(server, {});
    expect(await input.ended).toContain('expected text/event-stream; is base_url right?');
  });
});

describe('a key', () => {
  test('comes from a file, without the end of its line', async () => {
    const file = join(folder, 'key');
    await writeFile(file, 'sk-right\n');
    await using server = await startOpenAiServer();
    server.key = 'sk-right';
    await using input = run(server, { api_key_file: file });
    await readings(input, 1);
  });

  test.each([
    [
      { api_key_env: 'LLM_NO_KEY' },
      'found no key in the environment variable LLM_NO_KEY, expected one line of ASCII',
    ],
    [{ api_key_file: '/nowhere/key' }, 'the file /nowhere/key of the key cannot be read: ENOENT'],
    [{ api_key_env: 'A', api_key_file: 'b' }, 'found api_key_env and api_key_file, expected one of them'],
  ])('that is missing: %j', async (settings, reason) => {
    await using server = await startOpenAiServer();
    await using input = run(server, settings);
    expect(await input.ended).toContain(reason);
    expect(server.requests).toEqual([]);
  });

  test('that fits into no header is not shown', async () => {
    const file = join(folder, 'key');
    await writeFile(file, 'sk-one\nsk-two');
    await using server = await startOpenAiServer();
    await using input = run(server, { api_key_file: file });
    const reason = await input.ended;
    expect(reason).toContain('found a key with spaces or characters beyond ASCII');
    expect(reason).not.toContain('sk-');
  });
});

describe('a budget', () => {
  const DAY = 86_400;

  test('of tokens a day is kept, by the count of the server', async () => {
    await using server = await startOpenAiServer({ usage: { prompt_tokens: 90, completion_tokens: 4 } });
    const clock = createManualClock(Date.UTC(2026, 10, 24) / 1000);
    await using input = run(server, { ...QUICK, max_tokens_per_day: 200, max_tokens: 50 }, clock);
    await until(() => input.losses.length === 1, 'the sentence');
    expect(input.losses).toEqual([
      'the 200 of max_tokens_per_day are used; it goes on at 2026-11-25T00:00:00.000Z',
    ]);
    // The third may answer with the 12 that are left.
    expect(server.chats.map(({ body }) => body.max_tokens)).toEqual([50, 50, 12]);
    clock.advance(DAY - 1);
    await new Promise(setImmediate);
    expect(server.chats).toHaveLength(3);
    clock.advance(1);
    await server.received(4);
  });

  test('of tokens a day is kept by our own count where the server has none', async () => {
    const prompt = 'x'.repeat(400);
    await using server = await startOpenAiServer({ usage: 'none' });
    await using input = run(server, { ...QUICK, prompt, max_tokens_per_day: 220 }, createManualClock());
    await until(() => input.losses.length === 1, 'the sentence');
    expect(server.chats).toHaveLength(2);
  });

  test('of requests an hour is kept', async () => {
    await using server = await startOpenAiServer();
    const clock = createManualClock();
    await using input = run(server, { ...QUICK, max_requests_per_hour: 3 }, clock);
    await until(() => input.losses.length === 1, 'the sentence');
    expect(input.losses[0]).toContain('the 3 of max_requests_per_hour are used; it goes on at ');
    expect(server.chats).toHaveLength(3);
    clock.advance(3600);
    await server.received(6);
  });

  test('is not had anew by whoever is started again', async () => {
    await using server = await startOpenAiServer({ after: 'die' });
    const bench = createInputBench(createManualClock());
    const options = llmInput.options.parse({ base_url: server.baseUrl, ...QUICK, max_requests_per_hour: 2 });
    const { signal } = new AbortController();
    for (let start = 0; start < 2; start += 1) {
      await expect(llmInput.create(options, bench.context).run(signal)).rejects.toThrow();
    }
    const stop = new AbortController();
    const third = llmInput.create(options, bench.context).run(stop.signal);
    await until(() => bench.losses.length === 1, 'the sentence');
    stop.abort();
    await third;
    expect(server.chats).toHaveLength(2);
  });
});

async function probe(server: OpenAiServer, settings: object = {}) {
  return llmInput.probe?.(llmInput.options.parse({ base_url: server.baseUrl, ...settings }));
}

describe('a probe', () => {
  test('sees log probabilities in one token', async () => {
    await using server = await startOpenAiServer();
    expect(await probe(server)).toEqual({
      ok: true,
      detail: `test-model at ${server.baseUrl}, which sends log probabilities`,
    });
    expect(server.chats.map(({ body }) => body.max_tokens)).toEqual([1]);
  });

  test('sees that there are none', async () => {
    await using server = await startOpenAiServer({ logprobs: 'absent' });
    expect(await probe(server)).toEqual({
      ok: false,
      reason: expect.stringContaining(
        'sends no log probabilities; llama.cpp, vLLM, OpenAI and Ollama from 0.12.11',
      ),
    });
  });

  test('says that it cannot see where the first token has no text', async () => {
    await using server = await startOpenAiServer({ tokens: [] });
    expect(await probe(server)).toEqual({
      ok: true,
      detail: expect.stringContaining('may send log probabilities'),
    });
  });

  test('sees that nobody is there', async () => {
    const server = await startOpenAiServer();
    await server.stop();
    expect(await probe(server)).toEqual({ ok: false, reason: expect.stringContaining('ECONNREFUSED') });
  });
});

test.each([
  [{ base_url: 'ftp://x' }],
  [{ base_url: 'http://user:pass@x/v1' }],
  [{ base_url: 'http://x/v1?key=1' }],
  [{ api_key_env: 'not a name' }],
  [{ max_tokens: 0 }],
  [{ temperature: 3 }],
  [{ prompt: '' }],
  [{ prompt_topic: 'a/#/b' }],
  [{ timeout: '10m' }],
])('refuses the options %j', (settings) => {
  expect(llmInput.options.safeParse(settings).success).toBe(false);
});
