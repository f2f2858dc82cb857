import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { httpInput } from '../../../adapters/input/http.js';
import { explain } from '../../../contract/explain.js';
import { freePort } from '../../support/free-port.js';
import { until } from '../../support/until.js';
import { describeInput } from './input-suite.js';
import { runInput, valuesOf } from './running-input.js';
import { temporaryFolder } from './temporary-folder.js';
import { type Answer, startWebServer, type WebServer } from './web-server.js';

describeInput(httpInput, async () => {
  const server = await startWebServer((response, index) => response.end(String(index)));
  return {
    options: { url: `${server.origin}/value` },
    async kill() {
      await server.die();
      await server.comeBack();
    },
    ruin: () => server.die(),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

describeInput(httpInput, async () => {
  const port = await freePort();
  const other = createServer();
  return {
    options: { listen: `127.0.0.1:${port}`, route: '/kitchen', path: 'temperature' },
    async feed() {
      await post(`http://127.0.0.1:${port}/kitchen`, '{"temperature": 21.5}').catch(() => {});
    },
    async ruin() {
      other.listen(port, '127.0.0.1');
      await once(other, 'listening');
    },
    async [Symbol.asyncDispose]() {
      if (other.listening) await new Promise((resolve) => other.close(resolve));
    },
  };
});

function post(url: string, body: string, headers: Record<string, string> = {}, method = 'POST') {
  return fetch(url, { method, body: method === 'GET' ? null : body, headers });
}

/** What a POST was answered with: the status, and the sentence where there is one. */
async function answerTo(...request: Parameters<typeof post>): Promise<[number, string?]> {
  const response = await post(...request);
  const text = await response.text();
  return text === '' ? [response.status] : [response.status, JSON.parse(text).error];
}

const bearer = (name: string) => ({ authorization: `Bearer token-of-${name}` });

/** Whether somebody listens there. */
async function isOpen(host: string): Promise<boolean> {
  const socket = connect(Number(host.split(':')[1]), '127.0.0.1');
  const isIt = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return isIt;
}

async function untilOpen(host: string): Promise<void> {
  const limit = performance.now() + 5000;
  while (!(await isOpen(host))) {
    if (performance.now() > limit) throw new Error(`nobody listens on ${host} after 5 s`);
  }
}

/** An input that polls a server, by a clock that the test moves. */
async function polling(answer: Answer, options: object = {}, everySeconds = 10) {
  const server = await startWebServer(answer);
  const input = runInput(httpInput, { url: `${server.origin}/value?key=s3cret`, ...options }, everySeconds);
  return {
    server,
    input,
    place: `GET ${server.origin}/value`,
    /** Resolves once so many polls are over: each waits for its timeout, and then for the next. */
    polled: (count: number) => until(() => input.waits === 2 * count, `poll ${count}`),
    async [Symbol.asyncDispose]() {
      await input[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

const DATE = 'Thu, 19 Feb 2026 23:00:00 GMT';

describe('polling', () => {
  test('reads once a period', async () => {
    await using world = await polling((response, index) => response.end(String(index)));
    const { input, server, polled } = world;
    for (let count = 1; count <= 3; count += 1) {
      await polled(count);
      input.clock.advance(9.9);
      expect(input.pending).toBe(1);
      input.clock.advance(0.1);
      expect(input.pending).toBe(0);
    }
    expect(valuesOf(input)).toEqual([0, 1, 2]);
    expect(server.mostOpen).toBe(1);
  });

  test('counts the period from the request on, and leaves out what it missed', async () => {
    const answers: (() => void)[] = [];
    await using world = await polling(
      (response, index) => {
        answers.push(() => response.end(String(index)));
      },
      { timeout: '1m' },
    );
    const { input, server, polled } = world;
    await until(() => answers.length === 1, 'the first request');
    input.clock.advance(9);
    answers[0]?.();
    await polled(1);
    input.clock.advance(1);
    await until(() => answers.length === 2, 'the second request');
    input.clock.advance(35);
    answers[1]?.();
    await polled(2);
    input.clock.advance(0);
    await until(() => answers.length === 3, 'the third request');
    expect(server.mostOpen).toBe(1);
    expect(valuesOf(input)).toEqual([0, 1]);
  });

  test('finds the value and its time by their paths', async () => {
    const times = ['"2026-02-19T23:00:00.25Z"', '1771542015.5', '"1771542030500"'];
    const options = { path: 'current.temperature', unit: '°C', time_path: 'current.measured' };
    await using world = await polling(
      (response, index) =>
        response.end(`{"current": {"temperature": "70.7 °F", "measured": ${times[index]}}}`),
      options,
    );
    for (let count = 1; count <= 3; count += 1) {
      await world.polled(count);
      world.input.clock.advance(10);
    }
    expect(world.input.readings).toEqual([
      { value: expect.closeTo(21.5, 9), at: { wholeSeconds: 1_771_542_000, fraction: 0.25 } },
      { value: expect.closeTo(21.5, 9), at: { wholeSeconds: 1_771_542_015, fraction: 0.5 } },
      { value: expect.closeTo(21.5, 9), at: { wholeSeconds: 1_771_542_030, fraction: 0.5 } },
    ]);
  });

  test('a value that was not measured anew is no new reading', async () => {
    await using world = await polling(
      (response, index) => response.end(`{"v": ${index}, "t": ${[100, 100, 200][index]}}`),
      { path: 'v', time_path: 't' },
    );
    for (let count = 1; count <= 3; count += 1) {
      await world.polled(count);
      world.input.clock.advance(10);
    }
    expect(valuesOf(world.input)).toEqual([0, 2]);
    expect(world.input.rejections).toEqual([]);
  });

  test('passes over what where does not mean', async () => {
    await using world = await polling(
      (response, index) => response.end(JSON.stringify([{ type: 'x' }, { type: 'ticker', price: 3 }][index])),
      { path: 'price', where: { type: 'ticker' } },
    );
    await world.polled(1);
    world.input.clock.advance(10);
    await world.polled(2);
    expect(valuesOf(world.input)).toEqual([3]);
    expect(world.input.rejections).toEqual([]);
  });

  test('asks for no more than what has changed, and for all of it after a failure', async () => {
    await using world = await polling((response, index, { headers }) => {
      if (index === 2) response.writeHead(500).end();
      else if (headers['if-none-match'] === '"v1"') response.writeHead(304).end();
      else response.setHeader('etag', '"v1"').setHeader('last-modified', DATE).end('7');
    });
    const { input, server, polled } = world;
    for (let count = 1; count <= 4; count += 1) {
      await polled(count);
      input.clock.advance(10);
    }
    expect(server.requests[1]?.headers).toMatchObject({ 'if-none-match': '"v1"', 'if-modified-since': DATE });
    expect(server.requests[3]?.headers).not.toHaveProperty('if-none-match');
    expect(input.losses).toHaveLength(1);
    expect(valuesOf(input)).toEqual([7, 7]);
  });

  test('sends the headers, and the token of the environment', async () => {
    await using server = await startWebServer((response) => response.end('1'));
    const options = {
      url: server.origin,
      headers: { 'X-Room': 'kitchen', 'User-Agent': 'thermometer' },
      token_env: 'BECOMINGONE_TEST_TOKEN',
    };
    process.env.BECOMINGONE_TEST_TOKEN = 's3cret';
    await using input = runInput(httpInput, options);
    await until(() => input.readings.length === 1, 'a reading');
    delete process.env.BECOMINGONE_TEST_TOKEN;
    expect(server.requests[0]?.headers).toMatchObject({
      'x-room': 'kitchen',
      'user-agent': 'thermometer',
      authorization: 'Bearer s3cret',
    });
  });

  test('reads the token of a file again at each poll', async () => {
    await using folder = await temporaryFolder();
    const token_file = join(folder.path, 'token');
    await writeFile(token_file, 'first\n');
    await using world = await polling((response) => response.end('1'), { token_file });
    await world.polled(1);
    await writeFile(token_file, 'second\n');
    world.input.clock.advance(10);
    await world.polled(2);
    expect(world.server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first',
      'Bearer second',
    ]);
    await rm(token_file);
    world.input.clock.advance(10);
    expect(await world.input.ended).toMatch(`cannot read token_file ${token_file}: ENOENT`);
  });

  test.each([
    [
      { token_env: 'NO_SUCH_TOKEN' },
      'found no token in the environment variable NO_SUCH_TOKEN, expected one',
    ],
    [{ token_env: 'A', token_file: 'b' }, 'found both token_env and token_file, expected one of them'],
  ])('without the token of %j it ends', async (options, sentence) => {
    await using input = runInput(httpInput, { url: 'http://127.0.0.1:9/', ...options });
    expect(await input.ended).toBe(sentence);
  });
});

describe('a message that cannot be used is rejected, and the next one is read', () => {
  test.each([
    [{ path: 'v' }, '{"v": 1', 'found "{\\"v\\": 1", which is not JSON, expected a JSON document'],
    [
      { path: 'v' },
      '{"w": 1}',
      'v: found nothing, expected a number, a number with its unit, or a word of map',
    ],
    [
      { path: 'v' },
      '{"v": "warm"}',
      'v: found "warm", expected a number, a number with its unit, or a word of map',
    ],
    [{}, '', 'found "", expected a number, a number with its unit, or a word of map'],
    [
      { path: 'v', time_path: 't' },
      '{"v": 1}',
      't: found nothing, expected a time: ISO 8601 with Z or an offset',
    ],
    [{ path: 'v', time_path: 't' }, '{"v": 1, "t": "noon"}', 't: found "noon", expected a time'],
    [{ path: 'v', time_path: 't' }, '{"v": 1, "t": "2026-02-19T23:00:00"}', 'expected a time'],
    [{ path: 'v', time_path: 't' }, '{"v": 1, "t": 1771542000000000}', 'expected a time'],
    [{ path: 'v', time_path: 't' }, '5', 'found "5", expected a JSON document'],
    [{ path: 'v', where: { type: 'x' } }, 'null', 'found "null", expected a JSON document'],
  ])('%j of %s', async (options, body, sentence) => {
    const good = '{"v": "5", "t": 1, "type": "x"}';
    await using world = await polling(
      (response, index) => response.end(index === 0 ? body : 'path' in options ? good : '5'),
      options,
    );
    await world.polled(1);
    expect(world.input.rejections).toEqual([expect.stringContaining(`${world.place}: `)]);
    expect(world.input.rejections[0]).toContain(sentence);
    world.input.clock.advance(10);
    await world.polled(2);
    expect(valuesOf(world.input)).toEqual([5]);
    expect(world.input.losses).toEqual([]);
  });
});

describe('a server that fails is lost until it answers again', () => {
  test('nobody listens, and then somebody does', async () => {
    await using world = await polling((response) => response.end('1'));
    const { input, server, polled, place } = world;
    await polled(1);
    let polls = 1;
    for (let death = 0; death < 2; death += 1) {
      await server.die();
      input.clock.advance(10);
      polls += 1;
      await polled(polls);
      for (const longest of [0.25, 0.5, 1, 2]) {
        // Half of a wait is chance: it is never over before its half, and always at its end.
        input.clock.advance(longest * 0.49);
        expect(input.pending).toBe(1);
        if (longest === 2) await server.comeBack();
        input.clock.advance(longest * 0.52);
        expect(input.pending).toBe(0);
        polls += 1;
        await polled(polls);
      }
    }
    expect(input.losses).toHaveLength(8);
    for (const loss of input.losses) expect(loss).toMatch(new RegExp(`^${place}: connect ECONNREFUSED`));
    expect(valuesOf(input)).toEqual([1, 1, 1]);
  });

  test('a connection that was closed under the request is made anew at once', async () => {
    await using world = await polling((response, index) => {
      if (index === 1) response.socket?.resetAndDestroy();
      else response.end(String(index));
    });
    await world.polled(1);
    world.input.clock.advance(10);
    await world.polled(2);
    expect(valuesOf(world.input)).toEqual([0, 2]);
    expect(world.input.losses).toEqual([]);
  });

  test('no answer in time', async () => {
    await using world = await polling(() => {});
    await until(() => world.server.requests.length === 1, 'the request');
    world.input.clock.advance(10);
    await world.polled(1);
    expect(world.input.losses).toEqual([`${world.place}: no answer within 10 s`]);
  });

  test('an answer that drips', async () => {
    await using world = await polling((response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('1'), 1);
      response.once('close', () => clearInterval(drip));
    });
    await until(() => world.server.requests.length === 1, 'the request');
    world.input.clock.advance(10);
    await world.polled(1);
    expect(world.input.losses).toEqual([`${world.place}: no answer within 10 s`]);
    expect(world.input.readings).toEqual([]);
  });

  test('an answer that breaks off', async () => {
    await using world = await polling((response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('1', () => response.socket?.destroy());
    });
    await world.polled(1);
    expect(world.input.losses).toEqual([expect.stringMatching(`^${world.place}: .+`)]);
    expect(world.input.readings).toEqual([]);
  });

  test('an answer without end', async () => {
    await using world = await polling((response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write('1'.repeat(16_384)));
        response.once('drain', pour);
      };
      pour();
    });
    await world.polled(1);
    expect(world.input.losses).toEqual([`${world.place}: answered more than 1048576 bytes`]);
  });

  test.each([
    [500, {}, 0.25],
    [404, {}, 10],
    [429, {}, 10],
    [429, { 'retry-after': '120' }, 120],
    [503, { 'retry-after': '120' }, 120],
    [503, { 'retry-after': 'Fri, 15 Jan 2027 08:02:00 GMT' }, 120],
    [304, {}, 0.25],
  ])('answered %d %j, it is asked again after %d s', async (status, headers, seconds) => {
    await using world = await polling((response, index) => {
      if (index === 0) response.writeHead(status, headers).end();
      else response.end('1');
    });
    const { input, polled, place } = world;
    await polled(1);
    expect(input.losses).toEqual([expect.stringMatching(`^${place}: answered ${status} \\w`)]);
    input.clock.advance(seconds === 0.25 ? 0.12 : seconds - 0.1);
    expect(input.pending).toBe(1);
    input.clock.advance(0.2);
    expect(input.pending).toBe(0);
    await polled(2);
    expect(valuesOf(input)).toEqual([1]);
  });
});

describe('redirects', () => {
  /** Two servers of other origins; the first sends on to what `location` says. */
  async function redirecting(location: (there: WebServer) => string, status = 302) {
    const there = await startWebServer((response) => response.end('7'));
    const here = await polling(
      (response, _index, { url }) => {
        if (url === '/there') response.end('8');
        else response.writeHead(status, { location: location(there) }).end();
      },
      { headers: { 'X-Key': 's3cret' }, token_env: 'BECOMINGONE_TEST_TOKEN' },
    );
    return {
      ...here,
      there,
      async [Symbol.asyncDispose]() {
        await here[Symbol.asyncDispose]();
        await there[Symbol.asyncDispose]();
      },
    };
  }

  beforeAll(() => {
    process.env.BECOMINGONE_TEST_TOKEN = 's3cret';
  });
  afterAll(() => {
    delete process.env.BECOMINGONE_TEST_TOKEN;
  });

  test.each([301, 302, 303, 307, 308])(
    '%d is followed, with the headers on the same server',
    async (status) => {
      await using world = await redirecting(() => '/there', status);
      await world.polled(1);
      expect(valuesOf(world.input)).toEqual([8]);
      expect(world.server.requests[1]?.headers).toMatchObject({
        'x-key': 's3cret',
        authorization: 'Bearer s3cret',
      });
    },
  );

  test('another server gets neither headers nor token', async () => {
    await using world = await redirecting((there) => `http://me:pw@${there.host}/value`);
    await world.polled(1);
    expect(valuesOf(world.input)).toEqual([7]);
    expect(world.server.requests[0]?.headers).toMatchObject({ 'x-key': 's3cret' });
    expect(JSON.stringify(world.there.requests[0]?.headers)).not.toMatch(/s3cret|pw|authorization/);
  });

  test.each([
    ['file:///etc/passwd', 'redirects to file://, expected http:// or https://'],
    ['ftp://example.org/x', 'redirects to ftp://, expected http:// or https://'],
    ['http://', 'redirects to no address, expected http:// or https://'],
    ['/again', 'redirected more than 5 times'],
  ])('to %s it is refused', async (location, sentence) => {
    await using world = await redirecting(() => location);
    await world.polled(1);
    expect(world.input.losses).toEqual([`${world.place}: ${sentence}`]);
  });
});

describe('listening', () => {
  async function listening(options: object = {}) {
    const listen = `127.0.0.1:${await freePort()}`;
    const input = runInput(httpInput, { listen, route: '/kitchen', ...options });
    const url = `http://${listen}/kitchen`;
    await untilOpen(listen);
    return { listen, url, input, [Symbol.asyncDispose]: () => input[Symbol.asyncDispose]() };
  }

  test.each(['POST', 'PUT'])('takes a %s', async (method) => {
    await using world = await listening({ path: 'temperature', time_path: 'at' });
    const body = '{"temperature": "21.5", "at": 1771542000}';
    expect(await answerTo(`${world.url}?x=1`, body, {}, method)).toEqual([204]);
    expect(world.input.readings).toEqual([{ value: 21.5, at: { wholeSeconds: 1_771_542_000, fraction: 0 } }]);
  });

  test('takes text', async () => {
    await using world = await listening();
    expect(await answerTo(world.url, ' 21.5 °C\n')).toEqual([204]);
    expect(await answerTo(world.url, 'ON')).toEqual([204]);
    expect(valuesOf(world.input)).toEqual([21.5, 1]);
  });

  test('says what is wrong with a body', async () => {
    await using world = await listening({ path: 'v' });
    const sentence = 'found "{\\"v\\"", which is not JSON, expected a JSON document';
    expect(await answerTo(world.url, '{"v"')).toEqual([400, sentence]);
    expect(world.input.rejections).toEqual([`${world.url}: ${sentence}`]);
    expect(await answerTo(world.url, '{"v": 3}')).toEqual([204]);
    expect(valuesOf(world.input)).toEqual([3]);
  });

  test('says what is wrong with a request', async () => {
    await using world = await listening();
    expect(await answerTo(world.url, '', {}, 'GET')).toEqual([405, 'found GET, expected POST or PUT']);
    expect(await answerTo(`http://${world.listen}/cellar`, '1')).toEqual([
      404,
      'there is nothing at /cellar',
    ]);
    expect(await answerTo(world.url, '1'.repeat(64 * 1024 + 1))).toEqual([
      413,
      'found more than 65536 bytes, expected at most so many',
    ]);
    expect(world.input.readings).toEqual([]);
    expect(world.input.rejections).toEqual([]);
    expect(await answerTo(world.url, `1${' '.repeat(64 * 1024 - 1)}`)).toEqual([204]);
  });

  test('who drips a request, or breaks it off, holds up nobody', async () => {
    await using world = await listening();
    const head = 'POST /kitchen HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1';
    const dripping = connect(Number(world.listen.split(':')[1]), '127.0.0.1');
    dripping.write(head);
    const broken = connect(Number(world.listen.split(':')[1]), '127.0.0.1');
    await new Promise((resolve) => broken.write(head, resolve));
    broken.destroy();
    expect(await answerTo(world.url, '5')).toEqual([204]);
    expect(valuesOf(world.input)).toEqual([5]);
    world.input.stop();
    expect(await world.input.ended).toBeNull();
    await until(() => dripping.closed || dripping.readyState !== 'open', 'the end of the connection');
  });

  test('asks for the token', async () => {
    process.env.BECOMINGONE_TEST_TOKEN = 's3cret';
    await using world = await listening({ token_env: 'BECOMINGONE_TEST_TOKEN' });
    delete process.env.BECOMINGONE_TEST_TOKEN;
    const sentence = 'found no or another token, expected Authorization: Bearer with the right one';
    expect(await answerTo(world.url, '1')).toEqual([401, sentence]);
    for (const authorization of ['Bearer s3cre', 'Bearer s3cret2', 's3cret', 'Basic s3cret', 'Bearer']) {
      expect(await answerTo(world.url, '1', { authorization })).toEqual([401, sentence]);
    }
    expect(world.input.readings).toEqual([]);
    expect(await answerTo(world.url, '1', { authorization: 'Bearer s3cret' })).toEqual([204]);
    expect(await answerTo(world.url, '2', { authorization: 'bearer s3cret' })).toEqual([204]);
    expect(valuesOf(world.input)).toEqual([1, 2]);
  });

  test('is closed to web pages of other hosts, unless they are listed', async () => {
    await using world = await listening({ origins: ['https://example.org'] });
    const from = (origin: string) => answerTo(world.url, '1', { origin });
    expect(await from('https://example.net')).toEqual([
      403,
      'pages of https://example.net may send only if origins lists it',
    ]);
    expect(await from('null')).toEqual([403, expect.any(String)]);
    expect(await from('http://127.0.0.1:9')).toEqual([403, expect.any(String)]);
    expect(world.input.readings).toEqual([]);
    expect(await from('https://example.org')).toEqual([204]);
    expect(await from(`http://${world.listen}`)).toEqual([204]);
  });

  test('a name that somebody has pointed here is no own page', async () => {
    await using world = await listening();
    const { port } = new URL(world.url);
    const socket = connect(Number(port), '127.0.0.1');
    const host = `rebound.example:${port}`;
    socket.end(
      `POST /kitchen HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\nContent-Length: 1\r\n\r\n1`,
    );
    const [data] = await once(socket, 'data');
    expect(String(data)).toMatch(/^HTTP\/1.1 403 /);
    socket.destroy();
  });

  test.each(['0.0.0.0:9001', '[::]:9001', '192.0.2.1:9001', 'example.org:9001'])(
    'on %s, which others reach, it demands a token',
    async (listen) => {
      await using input = runInput(httpInput, { listen });
      expect(await input.ended).toBe(
        `listen: found ${listen}, which other machines reach, expected token_env or token_file with it, or 127.0.0.1`,
      );
    },
  );

  test('with a token it serves others', async () => {
    process.env.BECOMINGONE_TEST_TOKEN = 's3cret';
    const port = await freePort();
    const options = { listen: `0.0.0.0:${port}`, token_env: 'BECOMINGONE_TEST_TOKEN' };
    await using input = runInput(httpInput, options);
    await untilOpen(`127.0.0.1:${port}`);
    delete process.env.BECOMINGONE_TEST_TOKEN;
    expect(await answerTo(`http://127.0.0.1:${port}/`, '1', { authorization: 'Bearer s3cret' })).toEqual([
      204,
    ]);
    expect(valuesOf(input)).toEqual([1]);
  });

  test('says that an address is taken', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    await using input = runInput(httpInput, { listen: `127.0.0.1:${port}` });
    expect(await input.ended).toBe(
      `cannot listen on 127.0.0.1:${port}: another program listens there, expected a free port`,
    );
    other.close();
  });

  test('is idle when nothing is posted for so long', async () => {
    await using world = await listening({ idle: '1m' });
    world.input.clock.advance(59);
    await answerTo(world.url, '1');
    world.input.clock.advance(59);
    expect(world.input.losses).toEqual([]);
    world.input.clock.advance(1);
    expect(world.input.losses).toEqual([`${world.url}: nothing came for 60 s`]);
    await answerTo(world.url, '1');
    world.input.clock.advance(60);
    expect(world.input.losses).toHaveLength(2);
  });
});

describe('inputs that share an address', () => {
  const start = (listen: string, options: object) => runInput(httpInput, { listen, ...options });

  test('are told apart by their routes, and the one stays when the other goes', async () => {
    const listen = `127.0.0.1:${await freePort()}`;
    await using kitchen = start(listen, { route: '/kitchen' });
    await using cellar = start(listen, { route: '/cellar' });
    await untilOpen(listen);
    expect(await answerTo(`http://${listen}/kitchen`, '1')).toEqual([204]);
    expect(await answerTo(`http://${listen}/cellar`, '2')).toEqual([204]);
    kitchen.stop();
    await kitchen.ended;
    expect(await answerTo(`http://${listen}/kitchen`, '3')).toEqual([404, 'there is nothing at /kitchen']);
    expect(await answerTo(`http://${listen}/cellar`, '4')).toEqual([204]);
    cellar.stop();
    await cellar.ended;
    expect(await isOpen(listen)).toBe(false);
    expect([valuesOf(kitchen), valuesOf(cellar)]).toEqual([[1], [2, 4]]);
  });

  test('and a route read the same message, each its own part', async () => {
    const listen = `127.0.0.1:${await freePort()}`;
    await using temperature = start(listen, { path: 't' });
    await using humidity = start(listen, { path: 'h' });
    await untilOpen(listen);
    expect(await answerTo(`http://${listen}/`, '{"t": 21.5, "h": 40}')).toEqual([204]);
    const sentence = 'h: found nothing, expected a number, a number with its unit, or a word of map';
    expect(await answerTo(`http://${listen}/`, '{"t": 22}')).toEqual([400, sentence]);
    expect(await answerTo(`http://${listen}/`, '{')).toEqual([400, expect.not.stringContaining(';')]);
    expect([valuesOf(temperature), valuesOf(humidity)]).toEqual([[21.5, 22], [40]]);
  });

  test('and a route get only what carries their token', async () => {
    await using folder = await temporaryFolder();
    const listen = `127.0.0.1:${await freePort()}`;
    const files = ['a', 'b'].map((name) => join(folder.path, name));
    for (const file of files) await writeFile(file, `token-of-${file.at(-1)}`);
    await using a = start(listen, { token_file: files[0] });
    await using b = start(listen, { token_file: files[1] });
    await untilOpen(listen);
    for (const [index, name] of ['a', 'b'].entries()) {
      // The listener may be open before the second has entered.
      while ((await answerTo(`http://${listen}/`, String(index), bearer(name)))[0] !== 204);
    }
    expect([valuesOf(a), valuesOf(b)]).toEqual([[0], [1]]);
    expect((await answerTo(`http://${listen}/`, '3', bearer('c')))[0]).toBe(401);
  });

  test('come and go a hundred times', async () => {
    const listen = `127.0.0.1:${await freePort()}`;
    for (let round = 0; round < 100; round += 1) {
      await using input = start(listen, {});
      await untilOpen(listen);
      expect(await answerTo(`http://${listen}/`, String(round))).toEqual([204]);
      expect(valuesOf(input)).toEqual([round]);
    }
  });
});

describe('probing', () => {
  const probe = (options: object) => httpInput.probe?.(httpInput.options.parse(options));

  test('reads once', async () => {
    await using server = await startWebServer((response, index) =>
      response.end(index === 0 ? '{"v": 7}' : '7'),
    );
    const url = `${server.origin}/value`;
    expect(await probe({ url: `${url}?key=s3cret`, path: 'v' })).toEqual({
      ok: true,
      detail: `${url} gives 7`,
    });
    expect(await probe({ url, path: 'v' })).toEqual({
      ok: false,
      reason: `GET ${url}: v: found nothing, expected a number, a number with its unit, or a word of map`,
    });
    await server.die();
    expect(await probe({ url })).toEqual({
      ok: false,
      reason: expect.stringContaining(`GET ${url}: connect ECONNREFUSED`),
    });
  });

  test('says where it listens, and that it may not', async () => {
    expect(await probe({ listen: '127.0.0.1:9001', route: '/a' })).toEqual({
      ok: true,
      detail: 'takes POSTs at http://127.0.0.1:9001/a',
    });
    expect(await probe({ listen: '0.0.0.0:9001' })).toEqual({
      ok: false,
      reason: expect.stringContaining('expected token_env or token_file'),
    });
  });
});

test.each([
  [{}, 'found neither url nor listen, expected one of them: url to ask a server, listen to be sent to'],
  [
    { url: 'http://example.org', listen: '127.0.0.1:9001' },
    'found both url and listen, expected one of them: url to ask a server, listen to be sent to',
  ],
])('%j does not run', async (options, sentence) => {
  await using input = runInput(httpInput, options);
  expect(await input.ended).toBe(sentence);
  expect(await httpInput.probe?.(httpInput.options.parse(options))).toEqual({ ok: false, reason: sentence });
});

test('its period is 10 s where it polls', () => {
  const period = (options: object) => httpInput.everySeconds?.(httpInput.options.parse(options));
  expect(period({ url: 'http://example.org' })).toBe(10);
  expect(period({ listen: '127.0.0.1:9001' })).toBeUndefined();
});

test.each([
  [{ url: 'ftp://example.org' }, 'url: found "ftp://example.org", expected an address such as https://'],
  [{ url: 'http://me:pw@example.org' }, 'expected an address without a password; use headers or token_file'],
  [{ url: 'http://example.org', timeout: 0 }, 'expected a duration such as'],
  [{ url: 'http://example.org', headers: { 'a b': 'c' } }, 'expected the name of an HTTP header'],
  [{ listen: '9001' }, 'listen: found "9001", expected HOST:PORT such as 127.0.0.1:9001'],
  [{ listen: '127.0.0.1:0' }, 'listen: found "127.0.0.1:0", expected HOST:PORT such as 127.0.0.1:9001'],
  [{ listen: '127.0.0.1:70000' }, 'listen: found "127.0.0.1:70000", expected HOST:PORT'],
  [
    { listen: '127.0.0.1:9001', route: 'kitchen' },
    'route: found "kitchen", expected a path such as /kitchen',
  ],
  [{ listen: '127.0.0.1:9001', origins: ['*'] }, 'origins.0: found "*", expected an origin such as'],
  [{ url: 'http://example.org', path: 'a..b' }, 'path: found "a..b", expected a path such as'],
  [{ url: 'http://example.org', where: { 'a.': 1 } }, 'expected a path such as'],
  [{ url: 'http://example.org', token_env: 'a-b' }, 'expected the name of an environment variable'],
])('the configuration %j is refused: %s', (options, sentence) => {
  expect(explain(httpInput.options, options)).toContain(sentence);
});
