import { describe, expect, test } from '@jest/globals';
import { llmOutput } from '../../../adapters/output/llm.js';
import { faultsOf } from '../../../contract/explain.js';
import type { EventMessage } from '../../../contract/payloads/event.js';
import { createManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';
import { type OpenAiServer, startOpenAiServer } from '../openai/openai-server.js';
import { aState, createOutputWorld, settled } from '../samples.js';
import { describeOutput } from './output-suite.js';

const never = (): AbortSignal => new AbortController().signal;

describeOutput('llm', llmOutput, async () => {
  const server = await startOpenAiServer();
  const { context } = createOutputWorld();
  const { clock } = context;
  return {
    options: {
      base_url: server.baseUrl,
      on: ['states'],
      max_requests_per_hour: 1e6,
      max_tokens_per_day: 1e9,
      timeout: '200s',
    },
    // Waiting for the next question takes no time here, waiting for the server does.
    context: { clock: { ...clock, after: (s, task) => clock.after(s > 1 && s <= 60 ? 0 : s, task) } },
    acts: () => server.chats.length,
    stall: () => {
      server.answer = { after: 'hang' };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

const emerged: EventMessage = {
  type: 'emerged',
  coherence: 0.8123,
  threshold: 0.75,
  phase: { real: 0.7, imag: 0.4 },
  nodes: { live: 5, known: 6 },
  before: 0.7,
  moved: [],
  timestamp: '2026-11-24T12:00:00Z',
  session: 'k3f9',
};
const joined: EventMessage = { type: 'node_joined', node: 'kitchen', timestamp: 0, session: 'k3f9' };

/** A voice, its server, and what it said. */
async function speaking(server: OpenAiServer, options: object = {}) {
  const clock = createManualClock();
  const world = createOutputWorld({ clock });
  const settings = llmOutput.options.parse({ base_url: server.baseUrl, ...options });
  const voice = await llmOutput.create(settings, world.context);
  const questions = (): string[] =>
    server.chats.map(({ body }) =>
      body.messages.map(({ content }: { content: string }) => content).join('\n'),
    );
  return { ...world, voice, clock, questions };
}

describe('an event', () => {
  test('is told to the model with the state, and what it answers is said', async () => {
    await using server = await startOpenAiServer();
    const { voice, said, questions } = await speaking(server, { system: 'Be brief.' });
    await voice.write(aState(), never());
    await voice.event?.(emerged, never());
    await until(() => said.length === 1, 'the answer');
    expect(said).toEqual(['Hello, wörld!']);
    expect(questions()).toEqual([
      'Be brief.\nWhat has just happened: emerged at coherence 0.812. ' +
        'Coherence 0.81 of 1, order 0.94, 34 of 40 nodes live, unified: true.',
    ]);
    expect(server.chats[0]?.body).toMatchObject({ max_tokens: 100, stream: true });
  });

  test('of another type is not', async () => {
    await using server = await startOpenAiServer();
    const { voice, said } = await speaking(server, { types: ['node_joined'] });
    await voice.event?.(emerged, never());
    await voice.event?.(joined, never());
    await until(() => said.length === 1, 'the answer');
    expect(server.chats).toHaveLength(1);
  });

  test('waits for the interval, and the newest is asked about', async () => {
    await using server = await startOpenAiServer();
    const { voice, said, clock, questions } = await speaking(server, { types: ['emerged', 'node_joined'] });
    await voice.event?.(emerged, never());
    await until(() => said.length === 1, 'the first answer');
    await voice.event?.(emerged, never());
    await voice.event?.(joined, never());
    await settled();
    clock.advance(59);
    await settled();
    expect(server.chats).toHaveLength(1);
    clock.advance(1);
    await until(() => said.length === 2, 'the second answer');
    expect(questions()[1]).toContain('node_joined kitchen');
    expect(server.chats).toHaveLength(2);
  });
});

describe('a budget', () => {
  test('of tokens that is used up is a sentence, until the next day', async () => {
    await using server = await startOpenAiServer({ usage: { prompt_tokens: 30, completion_tokens: 20 } });
    const { voice, said, clock, complaints } = await speaking(server, { max_tokens_per_day: 50 });
    await voice.event?.(emerged, never());
    await until(() => said.length === 1, 'the first answer');
    clock.advance(60);
    await voice.event?.(emerged, never());
    await until(() => complaints.some((one) => one?.includes('max_tokens_per_day') === true), 'the sentence');
    expect(server.chats).toHaveLength(1);
    clock.advance(86_400);
    await until(() => said.length === 2, 'the second answer');
    expect(complaints.at(-1)).toBeNull();
  });
});

describe('a server that does not answer as it should', () => {
  test.each([
    [{ refusal: { status: 500, body: { error: { message: 'no memory' } } } }, 'no memory'],
    [{ refusal: { status: 401 } }, '401'],
    [{ after: 'die' } as const, ''],
  ])('%j degrades it, and it goes on', async (answer, word) => {
    await using server = await startOpenAiServer(answer);
    const { voice, said, clock, complaints } = await speaking(server);
    await voice.event?.(emerged, never());
    await until(() => complaints.length > 0, 'the sentence');
    expect(complaints[0]).toContain(word);
    expect(said).toEqual([]);
    server.answer = {};
    clock.advance(600);
    await voice.event?.(emerged, never());
    await until(() => said.length === 1, 'the answer');
    expect(complaints.at(-1)).toBeNull();
  });

  test('nothing that it sends can steer a terminal', async () => {
    await using server = await startOpenAiServer({
      tokens: [
        ['one\u001b[2J\n', -1],
        ['two', -1],
      ],
    });
    const { voice, said } = await speaking(server);
    await voice.event?.(emerged, never());
    await until(() => said.length === 1, 'the answer');
    expect(said).toEqual(['one [2J two']);
  });
});

test('while the mesh is not there nothing is asked or said', async () => {
  await using server = await startOpenAiServer({ after: 'hang' });
  const { voice, said, complaints } = await speaking(server);
  await voice.event?.(emerged, never());
  await server.received(1);
  await voice.quiet?.('gone');
  await until(() => server.open === 0, 'the end of the question');
  expect([...said, ...complaints]).toEqual([]);
});

test('its probe names the model, or says what is missing', async () => {
  await using server = await startOpenAiServer();
  const probe = (options: object) => llmOutput.probe?.(llmOutput.options.parse(options));
  expect(await probe({ base_url: server.baseUrl })).toMatchObject({ ok: true });
  await server.stop();
  expect(await probe({ base_url: server.baseUrl })).toMatchObject({ ok: false });
});

test.each([
  [{ every: 0 }, 'a duration'],
  [{ types: ['applause'] }, 'one of emerged, dissolved'],
  [{ base_url: 'ollama' }, 'an address such as'],
])('the options %j are refused', (options, sentence) => {
  expect(faultsOf(llmOutput.options, options)[0]?.expected).toContain(sentence);
});
