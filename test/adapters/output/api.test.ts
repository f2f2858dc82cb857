import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { backoffSeconds } from '../../../adapters/backoff.js';
import { apiOutput } from '../../../adapters/output/api.js';
import { OutputRunner } from '../../../adapters/output-runner.js';
import { RetryLater } from '../../../contract/adapters.js';
import { type Clock, systemClock } from '../../../contract/clock.js';
import { explain } from '../../../contract/explain.js';
import { createManualClock } from '../../support/manual-clock.js';
import { type RecordedLog, recordLog } from '../../support/recorded-log.js';
import { until } from '../../support/until.js';
import { aState, createTestTerminal, settled, shown } from '../samples.js';
import { startHttpServer } from './http-server.js';

function createApi(options: Record<string, unknown>, clock: Clock = systemClock, log = recordLog()) {
  const context = { name: 'hook', clock, log, terminal: createTestTerminal() };
  return apiOutput.create(apiOutput.options.parse({ every: 0, ...options }), context);
}

const never = new AbortController().signal;

/** What a single post is rejected with. */
async function failureOf(options: Record<string, unknown>, clock?: Clock): Promise<Error> {
  const outcome = await Promise.resolve(createApi(options, clock).write(aState(), never)).catch(
    (error) => error,
  );
  expect(outcome).toBeInstanceOf(Error);
  return outcome as Error;
}

/** The API under the runner that would run it. */
function running(url: string, clock: Clock) {
  const log = recordLog();
  const runner = new OutputRunner(createApi({ url }, clock, log), clock, log);
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
    await createApi({ url: server.url }).write(aState(), never);
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
    const api = createApi({
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
    const api = createApi({ url: server.url });
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
    await createApi({ url: server.url, timeout: '10s' }).write(aState(), never);
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
    const api = createApi({ url: server.url, every: '10s' }, counting);
    const runner = new OutputRunner(api, clock, recordLog());
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
  [{ url: 'http://me:pw@example.org' }, 'expected an address without a password; use headers or token_file'],
  [{ url: 'http://example.org', headers: { 'a b': 'c' } }, 'expected the name of an HTTP header'],
  [{ url: 'http://example.org', headers: { a: 'b\n' } }, 'expected printable ASCII text'],
  [{ url: 'http://example.org', timeout: 0 }, 'expected a duration such as'],
  [{}, 'url: found nothing, expected text'],
])('the configuration %j is refused: %s', (options, sentence) => {
  expect(explain(apiOutput.options, options)).toContain(sentence);
});
