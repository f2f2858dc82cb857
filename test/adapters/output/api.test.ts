import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { backoffSeconds } from '../../../adapters/backoff.js';
import { apiOutput } from '../../../adapters/output/api.js';
import { OutputHealth } from '../../../adapters/output-health.js';
import { OutputRunner } from '../../../adapters/output-runner.js';
import { type Output, RetryLater } from '../../../contract/adapters.js';
import { type Clock, systemClock } from '../../../contract/clock.js';
import { explain } from '../../../contract/explain.js';
import { createManualClock } from '../../support/manual-clock.js';
import { type RecordedLog, recordLog } from '../../support/recorded-log.js';
import { until } from '../../support/until.js';
import { aState, createOutputWorld, settled, shown } from '../samples.js';
import { startHttpServer } from './http-server.js';

function createApi(
  options: Record<string, unknown>,
  clock: Clock = systemClock,
  log = recordLog(),
): Promise<Output> {
  const { context } = createOutputWorld({ clock, log });
  return apiOutput.create(apiOutput.options.parse({ every: 0, ...options }), context);
}

const never = new AbortController().signal;

/** What a single post is rejected with. */
async function failureOf(options: Record<string, unknown>, clock?: Clock): Promise<Error> {
  const api = await createApi(options, clock);
  const outcome = await Promise.resolve(api.write(aState(), never)).catch((error) => error);
  expect(outcome).toBeInstanceOf(Error);
  return outcome as Error;
}

/** The API under the runner that would run it. */
function running(url: string, clock: Clock) {
  const log = recordLog();
  const runner = new OutputRunner({
    open: () => createApi({ url }, clock, log),
    clock,
    health: new OutputHealth(log),
  });
  void runner.start();
  const offer = (coherence: number): void => runner.offer(aState({ coherence }));
  return { log, offer, [Symbol.asyncDispose]: () => runner.close() };
}

/** Resolves once there are so many lines: of which each tells the end of a post that failed, or works again. */
function logged(log: RecordedLog, lines: number): Promise<void> {
  return until(() => log.lines.length === lines, `${lines} log lines`);
}

describe('a post', () => {
  test("is the seed's payload as JSON", async () => {
    await using server = await startHttpServer();
    await (await createApi({ url: server.url })).write(aState(), never);
    expect(server.posts).toHaveLength(1);
    expect(server.posts[0]).toMatchObject({ method: 'POST', path: '/coherence' });
    expect(server.posts[0]?.body).toBe('{"coherence":0.81,"phase":{"real":0.79,"imag":0.25}}');
    expect(server.posts[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'becomingone',
    });
  });

  test('carries the headers of the configuration, and the token of a file', async () => {
    await using server = await startHttpServer();
    const token_file = join(tmpdir(), `becomingone-token-${process.pid}`);
    await writeFile(token_file, 's3cret\n');
    const api = await createApi({
      url: server.url,
      token_file,
      headers: { 'X-Room': 'kitchen', 'Content-Type': 'text/json' },
    });
    await api.write(aState(), never);
    await rm(token_file);
    expect(server.posts[0]?.headers).toMatchObject({
      authorization: 'Bearer s3cret',
      'x-room': 'kitchen',
      'content-type': 'text/json',
    });
    await expect(api.write(aState(), never)).rejects.toThrow(`cannot read token_file ${token_file}: ENOENT`);
  });

  test('uses the connection of those before, whatever the answers hold', async () => {
    await using server = await startHttpServer((response, index) => {
      response.writeHead(index % 2 === 0 ? 200 : 404).end('x'.repeat(index * 1000));
    });
    const api = await createApi({ url: server.url });
    for (let index = 0; index < 20; index += 1)
      await Promise.resolve(api.write(aState(), never)).catch(() => {});
    expect(server.posts).toHaveLength(20);
    // fetch opens a second one for a post that follows before it has put the first back.
    expect(server.connections).toBeLessThanOrEqual(2);
  });

  test('does not read an endless answer', async () => {
    await using server = await startHttpServer((response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
        response.once('drain', pour);
      };
      pour();
    });
    const start = performance.now();
    await (await createApi({ url: server.url, timeout: '10s' })).write(aState(), never);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('a failure that may pass asks for another try', () => {
  test.each([408, 429, 500, 502, 503])('answered %d', async (status) => {
    await using server = await startHttpServer((response) => response.writeHead(status).end());
    const failure = await failureOf({ url: `${server.url}?key=s3cret` });
    expect(failure).toBeInstanceOf(RetryLater);
    expect(failure.message).toMatch(new RegExp(`^POST ${server.url}: answered ${status} \\w`));
    expect((failure as RetryLater).afterSeconds).toBeGreaterThanOrEqual(0.125);
    expect((failure as RetryLater).afterSeconds).toBeLessThanOrEqual(0.25);
  });

  test('no answer in time', async () => {
    await using server = await startHttpServer(() => {});
    const failure = await failureOf({ url: server.url, timeout: '100ms' });
    expect(failure).toBeInstanceOf(RetryLater);
    expect(failure.message).toBe(`POST ${server.url}: no answer within 0.1 s`);
  });

  test('the connection is reset, or closed without an answer', async () => {
    await using server = await startHttpServer((response, index) => {
      if (index === 0) response.socket?.resetAndDestroy();
      else response.socket?.end();
    });
    for (const reason of [/ECONNRESET|other side closed/, /other side closed/]) {
      const failure = await failureOf({ url: server.url });
      expect(failure).toBeInstanceOf(RetryLater);
      expect(failure.message).toMatch(reason);
    }
  });

  test('nobody listens', async () => {
    const unused = createServer().listen(0, '127.0.0.1');
    await once(unused, 'listening');
    const { port } = unused.address() as { port: number };
    await new Promise((resolve) => unused.close(resolve));
    const failure = await failureOf({ url: `http://127.0.0.1:${port}/` });
    expect(failure).toBeInstanceOf(RetryLater);
    expect(failure.message).toContain('ECONNREFUSED');
  });

  test.each([
    ['7', 7],
    ['Sun, 22 Mar 2026 08:53:20 GMT', 20],
    ['999999', 3600],
    ['soon', 0.25],
  ])('Retry-After: %s is obeyed', async (header, seconds) => {
    const clock = createManualClock(Date.parse('2026-03-22T08:53:00Z') / 1000);
    await using server = await startHttpServer((response) =>
      response.writeHead(429, { 'retry-after': header }).end(),
    );
    const { afterSeconds } = (await failureOf({ url: server.url }, clock)) as RetryLater;
    expect(afterSeconds).toBeLessThanOrEqual(seconds);
    expect(afterSeconds).toBeGreaterThanOrEqual(seconds === 0.25 ? 0.125 : seconds);
  });
});

describe('a failure that will not pass does not', () => {
  test.each([400, 401, 404, 413])('answered %d', async (status) => {
    await using server = await startHttpServer((response) => response.writeHead(status).end());
    const failure = await failureOf({ url: server.url });
    expect(failure).not.toBeInstanceOf(RetryLater);
    expect(failure.message).toContain(`answered ${status}`);
  });

  test('a redirect is not followed, and shown', async () => {
    await using elsewhere = await startHttpServer();
    await using server = await startHttpServer((response) =>
      response.writeHead(307, { location: `${elsewhere.url}?key=s3cret` }).end(),
    );
    const failure = await failureOf({ url: server.url });
    expect(failure).not.toBeInstanceOf(RetryLater);
    expect(failure.message).toBe(
      `POST ${server.url}: answered 307 Temporary Redirect, which points to ${elsewhere.url}`,
    );
    expect(elsewhere.posts).toHaveLength(0);
  });
});

describe('under the runner', () => {
  test('the newest state is posted after a failure, never an older one after it', async () => {
    await using server = await startHttpServer((response, index) =>
      response.writeHead(index < 2 ? 500 : 204).end(),
    );
    const clock = createManualClock();
    await using api = running(server.url, clock);
    const { log, offer } = api;
    offer(0.1);
    await logged(log, 1);
    for (const coherence of [0.2, 0.3]) offer(coherence);
    clock.advance(0.25);
    await logged(log, 2);
    offer(0.4);
    clock.advance(0.5);
    await logged(log, 3);
    expect(server.posts.map(({ body }) => JSON.parse(body).coherence)).toEqual([0.1, 0.3, 0.4]);
    expect(shown(log)).toMatchObject([
      {
        level: 'warn',
        code: 'OUTPUT_FAILED',
        reason: `POST ${server.url}: answered 500 Internal Server Error`,
      },
      { level: 'info', message: 'output works again' },
    ]);
  });

  test('a failed state is posted again when there is none newer', async () => {
    await using server = await startHttpServer((response, index) =>
      response.writeHead(index === 0 ? 503 : 204).end(),
    );
    const clock = createManualClock();
    await using api = running(server.url, clock);
    const { log, offer } = api;
    offer(0.1);
    await logged(log, 1);
    clock.advance(0.25);
    await logged(log, 2);
    expect(server.posts.map(({ body }) => JSON.parse(body).coherence)).toEqual([0.1, 0.1]);
  });

  test('a refused state is not: the next one is', async () => {
    await using server = await startHttpServer((response, index) =>
      response.writeHead(index === 0 ? 404 : 204).end(),
    );
    const clock = createManualClock();
    await using api = running(server.url, clock);
    const { log, offer } = api;
    offer(0.1);
    await logged(log, 1);
    clock.advance(60);
    await settled();
    expect(server.posts).toHaveLength(1);
    offer(0.2);
    await server.received(2);
    expect(server.posts.map(({ body }) => JSON.parse(body).coherence)).toEqual([0.1, 0.2]);
  });

  test('a slow server gets one at a time, and the newest in the end', async () => {
    await using server = await startHttpServer((response) => {
      setTimeout(() => response.writeHead(204).end(), 20);
    });
    await using api = running(server.url, systemClock);
    for (let index = 1; index <= 100; index += 1) {
      api.offer(index / 100);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await until(() => server.posts.some(({ body }) => JSON.parse(body).coherence === 1), 'the newest post');
    const posted = server.posts.map(({ body }) => JSON.parse(body).coherence as number);
    expect(posted).toEqual([...posted].sort((a, b) => a - b));
    expect(posted.length).toBeLessThan(30);
    expect(server.mostOpen).toBe(1);
    expect(server.connections).toBeLessThanOrEqual(2);
  });

  test('posts are kept apart by `every`, and the one after the wait is the newest', async () => {
    await using server = await startHttpServer();
    const clock = createManualClock();
    let waits = 0;
    const counting: Clock = {
      ...clock,
      after(seconds, task) {
        waits += 1;
        return clock.after(seconds, task);
      },
    };
    const api = await createApi({ url: server.url, every: '10s' }, counting);
    const runner = new OutputRunner({ open: () => api, clock, health: new OutputHealth(recordLog()) });
    void runner.start();
    for (const coherence of [0.1, 0.2, 0.3]) runner.offer(aState({ coherence }));
    // The first wait is for the timeout of the post, the second comes after it.
    await until(() => waits === 2, 'the wait after the post');
    clock.advance(9.9);
    await settled();
    runner.offer(aState({ coherence: 0.4 }));
    expect(server.posts).toHaveLength(1);
    clock.advance(0.2);
    await server.received(2);
    expect(server.posts.map(({ body }) => JSON.parse(body).coherence)).toEqual([0.1, 0.4]);
  });
});

describe('of changes alone', () => {
  /** What is posted of states with these coherences; one above 0.75 is unified. */
  async function postsOf(coherences: readonly number[], options: object = {}): Promise<number[]> {
    await using server = await startHttpServer();
    const api = await createApi({ url: server.url, on: 'changes', ...options });
    for (const coherence of coherences) {
      await api.write(aState({ coherence, unified: coherence > 0.75 }), never);
    }
    return server.posts.map(({ body }) => JSON.parse(body).coherence);
  }

  test('those are posted that moved far enough from the last that was', async () => {
    expect(await postsOf([0.5, 0.504, 0.508, 0.511, 0.5, 0.505, 0.498])).toEqual([0.5, 0.511, 0.5]);
    expect(await postsOf([0.1, 0.2, 0.5, 0.3], { step: 0.3 })).toEqual([0.1, 0.5]);
  });

  test('a change of unified is one, however small', async () => {
    expect(await postsOf([0.749, 0.751, 0.752, 0.749])).toEqual([0.749, 0.751, 0.749]);
  });

  test('a formula says what has to move, and is posted', async () => {
    await using server = await startHttpServer();
    const api = await createApi({ url: server.url, on: ['changes'], value: 'real * 10', step: 1 });
    for (const real of [0.1, 0.15, 0.25, 0.3]) {
      await api.write(aState({ phase: { real, imag: 0 } }), never);
    }
    expect(server.posts.map(({ body }) => JSON.parse(body))).toEqual([
      { coherence: 0.81, phase: { real: 0.1, imag: 0 }, value: 1 },
      { coherence: 0.81, phase: { real: 0.25, imag: 0 }, value: 2.5 },
    ]);
  });

  test('the first after a silence is posted', async () => {
    await using server = await startHttpServer();
    const api = await createApi({ url: server.url, on: 'changes' });
    await api.write(aState(), never);
    await api.write(aState(), never);
    expect(server.posts).toHaveLength(1);
    await api.quiet?.('the sync worker is offline');
    await api.write(aState(), never);
    expect(server.posts).toHaveLength(2);
  });

  test('one that could not be posted is still a change', async () => {
    await using server = await startHttpServer((response, index) =>
      response.writeHead(index === 1 ? 500 : 204).end(),
    );
    const api = await createApi({ url: server.url, on: 'changes' });
    await api.write(aState({ coherence: 0.8 }), never);
    await expect(api.write(aState({ coherence: 0.9 }), never)).rejects.toThrow(RetryLater);
    await api.write(aState({ coherence: 0.9 }), never);
    expect(server.posts).toHaveLength(3);
  });

  test('states among what is wanted are all of them', async () => {
    expect(await postsOf([0.5, 0.5], { on: ['changes', 'states'] })).toEqual([0.5, 0.5]);
  });

  test.each([
    ['coherence / 0', 'value: found Infinity of the formula coherence / 0, expected a finite real number'],
    ['sqrt(real)', 'value: found i of the formula sqrt(real), expected a finite real number'],
  ])('the formula %s is a sentence, and nothing is posted', async (value, sentence) => {
    await using server = await startHttpServer();
    const api = await createApi({ url: server.url, on: 'changes', value });
    const state = aState({ phase: { real: -1, imag: 0 } });
    await expect(api.write(state, never)).rejects.toThrow(sentence);
    expect(server.posts).toEqual([]);
  });
});

describe('a template', () => {
  test('is filled in, and is of the type that is said', async () => {
    await using server = await startHttpServer();
    const template = '{"text": "coherence {coherence}", "unified": {unified}}';
    await (await createApi({ url: server.url, template })).write(aState(), never);
    const content_type = 'text/plain; charset=utf-8';
    await (await createApi({ url: server.url, template: '{live} of {known}', content_type })).write(
      aState(),
      never,
    );
    expect(server.posts.map(({ body, headers }) => [body, headers['content-type']])).toEqual([
      ['{"text": "coherence 0.81", "unified": true}', 'application/json'],
      ['34 of 40', content_type],
    ]);
  });

  test('that is to be JSON and is not is a sentence', async () => {
    await expect(createApi({ url: 'http://127.0.0.1', template: '{"at": {timestamp}}' })).rejects.toThrow(
      /^template: found \{"at": 2026-02-19T23:00:00Z\} once it is filled in, which is not JSON \(.*\), expected JSON or another content_type$/,
    );
    const headers = { 'Content-Type': 'text/plain' };
    await createApi({ url: 'http://127.0.0.1', template: '{timestamp}', headers });
  });
});

test('a state that is posted again has the id of before, and the next another', async () => {
  await using server = await startHttpServer((response, index) =>
    response.writeHead(index === 0 ? 500 : 204).end(),
  );
  const api = await createApi({ url: server.url });
  const state = aState();
  await Promise.resolve(api.write(state, never)).catch(() => {});
  await api.write(state, never);
  await api.write(aState(), never);
  const [first, second, third] = server.posts.map(({ headers }) => String(headers['webhook-id']));
  expect(second).toBe(first);
  expect(third).toBe(first?.replace(/_1$/, '_2'));
});

test('waits double up to 30 s, half of each left to chance', () => {
  expect([1, 2, 3, 4, 8, 9, 1100].map((failures) => backoffSeconds(failures, 1))).toEqual([
    0.25, 0.5, 1, 2, 30, 30, 30,
  ]);
  expect(backoffSeconds(3, 0)).toBe(0.5);
});

test.each([
  [
    { url: 'ftp://example.org' },
    'url: found "ftp://example.org", expected an address such as https://example.org/coherence',
  ],
  [{ url: 'example' }, 'url: found "example", expected an address such as https://example.org/coherence'],
  [{ url: 'http://me:pw@example.org' }, 'expected an address without a password'],
  [{ url: 'http://example.org', headers: { 'a b': 'c' } }, 'expected the name of an HTTP header'],
  [{ url: 'http://example.org', headers: { a: 'b\n' } }, 'expected printable ASCII text'],
  [{ url: 'http://example.org', timeout: 0 }, 'expected a duration such as'],
  [{}, 'url: found nothing, expected text'],
  [
    { url: 'http://example.org', on: 'everything' },
    'on: found "everything", expected states, changes or events, or a list of them',
  ],
  [{ url: 'http://example.org', on: [] }, 'on: found []'],
  [{ url: 'http://example.org', step: 0 }, 'step: found 0, expected a number above 0'],
  [{ url: 'http://example.org', types: ['applause'] }, 'types.0: found "applause", expected one of emerged,'],
  [{ url: 'http://example.org', template: '{colour}' }, 'instead of {colour} at character 1'],
  [{ url: 'http://example.org', event_template: '{live} {angle}' }, 'instead of {angle} at character 8'],
  [{ url: 'http://example.org', content_type: 'json' }, 'expected a content type such as text/plain'],
  [{ url: 'http://example.org', content_type: 'text/plain\r\nx: y' }, 'expected a content type such as'],
  [{ url: 'http://example.org', secret_env: 'a-b' }, 'expected the name of an environment variable'],
  ...['100', '1kB', '20GB', 'much', 100].map((spool_limit): [object, string] => [
    { url: 'http://example.org', spool_limit },
    `spool_limit: found ${JSON.stringify(spool_limit)}, expected a size of 100kB to 10GB, such as 100MB`,
  ]),
])('the configuration %j is refused: %s', (options, sentence) => {
  expect(explain(apiOutput.options, options)).toContain(sentence);
});
