import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { websocketInput } from '../../../adapters/input/websocket.js';
import { watchPulse } from '../../../adapters/web-socket-pulse.js';
import { explain } from '../../../contract/explain.js';
import { freePort } from '../../support/free-port.js';
import { createManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';
import { createOutputWorld } from '../samples.js';
import { createInputBench, describeInput } from './input-suite.js';
import { type RunningInput, runInput, valuesOf } from './running-input.js';
import { temporaryFolder } from './temporary-folder.js';
import { startWebServer } from './web-server.js';
import { connectTo, startWebSocketFeed } from './web-socket-feed.js';

describeInput(websocketInput, async () => {
  let count = 0;
  const feed = await startWebSocketFeed({ greet: (client) => client.send('0') });
  return {
    options: { url: feed.url },
    feed: () => feed.tell(String(++count)),
    async kill() {
      await feed.die();
      await feed.comeBack();
    },
    ruin: () => feed.die(),
    [Symbol.asyncDispose]: () => feed[Symbol.asyncDispose](),
  };
});

describeInput(websocketInput, async () => {
  const listen = `127.0.0.1:${await freePort()}`;
  const other = createServer();
  let client: WebSocket | undefined;
  return {
    options: { listen, route: '/kitchen' },
    async feed() {
      if (client?.readyState === WebSocket.OPEN) return client.send('21.5');
      const connection = new WebSocket(`ws://${listen}/kitchen`);
      await Promise.race([once(connection, 'open'), once(connection, 'error')]).catch(() => {});
      client = connection;
    },
    kill: () => client?.terminate(),
    async ruin() {
      other.listen(Number(listen.split(':')[1]), '127.0.0.1');
      await once(other, 'listening');
    },
    async [Symbol.asyncDispose]() {
      client?.terminate();
      if (other.listening) await new Promise((resolve) => other.close(resolve));
    },
  };
});

const read = (input: RunningInput, count: number): Promise<void> =>
  until(() => input.readings.length === count, `reading ${count}`);
const rejected = (input: RunningInput, count: number): Promise<void> =>
  until(() => input.rejections.length === count, `rejection ${count}`);
const lost = (input: RunningInput, count: number): Promise<void> =>
  until(() => input.losses.length === count, `loss ${count}`);

describe('a client', () => {
  async function hearing(options: object = {}, feedOptions?: Parameters<typeof startWebSocketFeed>[0]) {
    const feed = await startWebSocketFeed(feedOptions);
    const input = runInput(websocketInput, { url: `${feed.url}?key=s3cret`, ...options });
    await until(() => feed.headers.length === 1, 'the connection');
    return {
      feed,
      input,
      async [Symbol.asyncDispose]() {
        await input[Symbol.asyncDispose]();
        await feed[Symbol.asyncDispose]();
      },
    };
  }

  test('reads text and binary messages, with their times', async () => {
    await using world = await hearing({ path: 'p', time_path: 'T' });
    world.feed.tell('{"p": "101.5", "T": 1771542000123}');
    world.feed.tell(Buffer.from('{"p": 102, "T": 1771542001000}'));
    await read(world.input, 2);
    expect(world.input.readings).toEqual([
      { value: 101.5, at: { wholeSeconds: 1_771_542_000, fraction: expect.closeTo(0.123, 9) } },
      { value: 102, at: { wholeSeconds: 1_771_542_001, fraction: 0 } },
    ]);
  });

  test('sends what is to be sent, in order, with headers and token', async () => {
    process.env.BECOMINGONE_TEST_TOKEN = 's3cret';
    await using world = await hearing({
      send: ['hello', { op: 'subscribe', args: ['ticker'] }, ['v', 1]],
      headers: { 'X-Room': 'kitchen' },
      token_env: 'BECOMINGONE_TEST_TOKEN',
    });
    delete process.env.BECOMINGONE_TEST_TOKEN;
    await until(() => world.feed.received.length === 3, 'what is sent');
    expect(world.feed.received).toEqual(['hello', '{"op":"subscribe","args":["ticker"]}', '["v",1]']);
    expect(world.feed.headers[0]).toMatchObject({ 'x-room': 'kitchen', authorization: 'Bearer s3cret' });
    expect(world.feed.headers[0]).not.toHaveProperty('sec-websocket-extensions');
  });

  test('passes over what where does not mean, and rejects what it cannot read', async () => {
    await using world = await hearing({ path: 'price', where: { type: 'ticker' } });
    const { feed, input } = world;
    for (const message of [
      '{"type": "heartbeat"}',
      '{"type": "ticker"}',
      'oops',
      '{"type": "ticker", "price": "7"}',
    ]) {
      feed.tell(message);
    }
    await read(input, 1);
    const place = feed.url;
    expect(input.rejections).toEqual([
      `${place}: price: found nothing, expected a number, a number with its unit, or a word of map`,
      `${place}: found "oops", expected a JSON document`,
    ]);
    expect(valuesOf(input)).toEqual([7]);
  });

  test('ends when the server does, so that the agent starts it again', async () => {
    await using world = await hearing();
    await world.feed.die();
    expect(await world.input.ended).toBe(`${world.feed.url}: the connection broke off`);
  });

  test('says how the server closed it', async () => {
    await using world = await hearing({}, { greet: (client) => client.close(4001, 'no such feed') });
    expect(await world.input.ended).toBe(
      `${world.feed.url}: the server closed it (code 4001), saying "no such feed"`,
    );
  });

  test('does not take a message of more than 1 MiB', async () => {
    await using world = await hearing();
    world.feed.tell(`1${' '.repeat(1024 * 1024 - 1)}`);
    await read(world.input, 1);
    world.feed.tell(`1${' '.repeat(1024 * 1024)}`);
    expect(await world.input.ended).toBe(`${world.feed.url}: Max payload size exceeded`);
    expect(valuesOf(world.input)).toEqual([1]);
  });

  test('notices a server that answers no pings', async () => {
    await using world = await hearing({}, { isMute: true });
    await until(() => world.feed.clients.size === 1, 'the client');
    const [client] = world.feed.clients;
    world.feed.tell('1');
    await read(world.input, 1);
    const pinged = once(client as WebSocket, 'ping');
    world.input.clock.advance(30);
    await pinged;
    world.feed.tell('2');
    await read(world.input, 2);
    world.input.clock.advance(30);
    world.input.clock.advance(30);
    expect(await world.input.ended).toBe(`${world.feed.url}: it answered no ping`);
  });

  test('stays with a server that only answers pings', async () => {
    await using feed = await startWebSocketFeed();
    const client = (await connectTo(feed.url)) as WebSocket;
    const clock = createManualClock();
    let deaths = 0;
    const stop = watchPulse(client, clock, () => {
      deaths += 1;
    });
    for (let minute = 0; minute < 5; minute += 1) {
      const answered = once(client, 'pong');
      clock.advance(30);
      await answered;
    }
    expect(deaths).toBe(0);
    stop();
    client.terminate();
    clock.advance(1000);
    expect(deaths).toBe(0);
  });

  test('ends when no message came for so long', async () => {
    await using world = await hearing({ idle: '5m' }, { greet: (client) => client.send('0') });
    await read(world.input, 1);
    const [client] = world.feed.clients;
    const wait = async (): Promise<void> => {
      for (let passed = 0; passed < 299; passed += 29.9) {
        world.input.clock.advance(29.9);
        await pong(client as WebSocket);
      }
    };
    await wait();
    world.feed.tell('1');
    await read(world.input, 2);
    await wait();
    world.input.clock.advance(1);
    expect(await world.input.ended).toBe(`${world.feed.url}: no message came for 300 s`);
  });

  test('says what a server answered that has no WebSocket', async () => {
    await using server = await startWebServer((response) => response.end('hello'));
    await using input = runInput(websocketInput, { url: `ws://${server.host}/feed` });
    expect(await input.ended).toBe(`ws://${server.host}/feed: answered 200 OK, expected a WebSocket`);
  });

  test('says that nobody listens', async () => {
    const url = `ws://127.0.0.1:${await freePort()}/feed`;
    await using input = runInput(websocketInput, { url });
    expect(await input.ended).toMatch(`${url}: connect ECONNREFUSED`);
  });

  test('does not wait for ever for a server that says nothing', async () => {
    await using server = await startMuteServer();
    await using input = runInput(websocketInput, { url: server.url, timeout: '5s' });
    await server.asked;
    input.clock.advance(5);
    expect(await input.ended).toBe(`${server.url}: no connection within 5 s`);
  });

  test('can be stopped while it connects', async () => {
    await using server = await startMuteServer();
    await using input = runInput(websocketInput, { url: server.url });
    await server.asked;
    input.stop();
    expect(await input.ended).toBeNull();
  });

  test('says goodbye when it is stopped', async () => {
    await using world = await hearing({}, { greet: (client) => client.send('0') });
    await read(world.input, 1);
    const [client] = world.feed.clients;
    const closed = once(client as WebSocket, 'close');
    world.input.stop();
    expect(await world.input.ended).toBeNull();
    expect((await closed)[0]).toBe(1005);
    expect(world.input.losses).toEqual([]);
  });
});

/** A server that takes connections and never says a word. */
async function startMuteServer(): Promise<AsyncDisposable & { url: string; asked: Promise<unknown> }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const asked = once(server, 'connection').then(([socket]) => once(socket, 'data').then(() => socket));
  return {
    url: `ws://127.0.0.1:${port}/feed`,
    asked,
    async [Symbol.asyncDispose]() {
      (await asked).destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Resolves when the other side has answered what has been sent to it before. */
async function pong(client: WebSocket): Promise<void> {
  const answered = once(client, 'pong');
  client.ping();
  await answered;
}

describe('a server', () => {
  async function listening(options: object = {}) {
    const listen = `127.0.0.1:${await freePort()}`;
    const input = runInput(websocketInput, { listen, route: '/kitchen', ...options });
    const url = `ws://${listen}/kitchen`;
    const connect = (headers?: Record<string, string>) => connectSoon(url, headers);
    return { listen, url, input, connect, [Symbol.asyncDispose]: () => input[Symbol.asyncDispose]() };
  }

  /** Connects as soon as somebody listens. */
  async function connectSoon(url: string, headers?: Record<string, string>): Promise<WebSocket | string> {
    const limit = performance.now() + 5000;
    for (;;) {
      try {
        return await connectTo(url, headers);
      } catch (error) {
        if (performance.now() > limit) throw error;
      }
    }
  }

  async function connected(world: {
    connect(headers?: Record<string, string>): Promise<WebSocket | string>;
  }) {
    const client = await world.connect();
    if (typeof client === 'string') throw new Error(client);
    return client;
  }

  test('reads what each of its clients says', async () => {
    await using world = await listening({ path: 'v', time_path: 't' });
    const clients = [await connected(world), await connected(world)];
    for (const [index, client] of clients.entries()) client.send(`{"v": ${index}, "t": ${100 + index}}`);
    await read(world.input, 2);
    expect(valuesOf(world.input).sort()).toEqual([0, 1]);
    clients[0]?.send('{"v": 1');
    await rejected(world.input, 1);
    expect(world.input.rejections).toEqual([`${world.url}: found "{\\"v\\": 1", expected a JSON document`]);
  });

  test('is lost when the last client goes, and not before', async () => {
    await using world = await listening();
    const [first, second] = [await connected(world), await connected(world)];
    first.close();
    await once(first, 'close');
    second.send('1');
    await read(world.input, 1);
    expect(world.input.losses).toEqual([]);
    second.terminate();
    await lost(world.input, 1);
    expect(world.input.losses).toEqual([`${world.url}: nobody is connected any more: it was closed`]);
    const third = await connected(world);
    third.send('3');
    await read(world.input, 2);
  });

  test('cuts off who says too much', async () => {
    await using world = await listening();
    const client = await connected(world);
    client.send(`1${' '.repeat(1024 * 1024)}`);
    expect((await once(client, 'close'))[0]).toBe(1009);
    await lost(world.input, 1);
    expect(world.input.losses).toEqual([
      `${world.url}: nobody is connected any more: Max payload size exceeded`,
    ]);
    expect(world.input.readings).toEqual([]);
  });

  test('cuts off who answers no pings', async () => {
    await using world = await listening();
    const client = new WebSocket((await connected(world)).url, { autoPong: false });
    await once(client, 'open');
    const pinged = once(client, 'ping');
    world.input.clock.advance(30);
    await pinged;
    world.input.clock.advance(30);
    expect((await once(client, 'close'))[0]).toBe(1006);
  });

  test('is idle when no message comes for so long', async () => {
    await using world = await listening({ idle: '20s' });
    const client = await connected(world);
    client.send('1');
    await read(world.input, 1);
    world.input.clock.advance(20);
    expect(world.input.losses).toEqual([`${world.url}: nothing came for 20 s`]);
    client.send('2');
    await read(world.input, 2);
  });

  test('asks for the token', async () => {
    await using folder = await temporaryFolder();
    const token_file = join(folder.path, 'token');
    await writeFile(token_file, 's3cret');
    await using world = await listening({ token_file });
    expect(await world.connect()).toMatch(/^401 found no or another token/);
    expect(await world.connect({ authorization: 'Bearer wrong' })).toMatch(/^401 /);
    const client = await world.connect({ authorization: 'Bearer s3cret' });
    (client as WebSocket).send('5');
    await read(world.input, 1);
  });

  test('is closed to web pages of other hosts, unless they are listed', async () => {
    await using world = await listening({ origins: ['https://example.org'] });
    expect(await world.connect({ origin: 'https://example.net' })).toBe(
      '403 pages of https://example.net may send only if origins lists it',
    );
    for (const origin of [
      'null',
      'http://127.0.0.1:9',
      'http://localhost',
      `https://${world.listen}.evil.com`,
    ]) {
      expect(await world.connect({ origin })).toMatch(/^403 /);
    }
    const rebound = { origin: 'http://rebound.example:9001', host: 'rebound.example:9001' };
    expect(await world.connect(rebound)).toMatch(/^403 /);
    expect(await world.connect({ origin: 'https://example.org' })).toBeInstanceOf(WebSocket);
    expect(await world.connect({ origin: `http://${world.listen}` })).toBeInstanceOf(WebSocket);
  });

  test('is at its route alone, which takes nothing else', async () => {
    await using world = await listening();
    await connected(world);
    expect(await connectTo(`ws://${world.listen}/cellar`)).toBe('404 there is no WebSocket at /cellar');
    const response = await fetch(`http://${world.listen}/kitchen`, { method: 'POST', body: '1' });
    expect(response.status).toBe(426);
    expect(await response.json()).toEqual({ error: '/kitchen takes WebSockets' });
  });

  test.each(['0.0.0.0:9001', '[::]:9001'])(
    'on %s, which others reach, it demands a token',
    async (listen) => {
      await using input = runInput(websocketInput, { listen });
      expect(await input.ended).toMatch(
        `listen: found ${listen}, which other machines reach, expected token_env`,
      );
    },
  );

  test('shares its route: each input reads its own part, until it goes', async () => {
    await using world = await listening({ path: 'x' });
    await using other = runInput(websocketInput, { listen: world.listen, route: '/kitchen', path: 'y' });
    const client = await connected(world);
    client.send('{"x": 1, "y": 2}');
    await read(world.input, 1);
    await read(other, 1);
    world.input.stop();
    await world.input.ended;
    client.send('{"x": 3, "y": 4}');
    await read(other, 2);
    expect([valuesOf(world.input), valuesOf(other)]).toEqual([[1], [2, 4]]);
    const closed = once(client, 'close');
    other.stop();
    await closed;
    expect(other.losses).toEqual([]);
  });
});

describe('probing', () => {
  const probe = (options: object) => websocketInput.probe?.(websocketInput.options.parse(options));

  test('connects and says nothing', async () => {
    await using feed = await startWebSocketFeed();
    const url = `${feed.url}?key=s3cret`;
    expect(await probe({ url, send: ['hello'] })).toEqual({
      ok: true,
      detail: `${feed.url} accepts a WebSocket`,
    });
    expect(feed.received).toEqual([]);
    await feed.die();
    expect(await probe({ url })).toEqual({
      ok: false,
      reason: expect.stringContaining(`${feed.url}: connect ECONNREFUSED`),
    });
  });

  test('says where it listens, and that it may not', async () => {
    expect(await probe({ listen: '127.0.0.1:9001' })).toEqual({
      ok: true,
      detail: 'takes WebSockets at ws://127.0.0.1:9001/',
    });
    expect(await probe({ listen: '0.0.0.0:9001' })).toMatchObject({ ok: false });
  });
});

test.each([
  [{}, 'found neither url nor listen'],
  [{ url: 'ws://example.org', listen: '127.0.0.1:9001' }, 'found both url and listen'],
])('%j does not run', async (options, sentence) => {
  await using input = runInput(websocketInput, options);
  expect(await input.ended).toMatch(sentence);
});

test.each([
  [{ url: 'http://example.org' }, 'url: found "http://example.org", expected an address such as wss://'],
  [{ url: 'wss://me:pw@example.org' }, 'expected an address without a password; use headers or token_file'],
  [{ url: 'wss://example.org', send: [5] }, 'send.0'],
  [{ url: 'wss://example.org', idle: 0 }, 'idle: found 0, expected a duration'],
])('the configuration %j is refused: %s', (options, sentence) => {
  expect(explain(websocketInput.options, options)).toContain(sentence);
});

test('a route at which an output serves is not for an input, in a sentence', async () => {
  const { websocketOutput } = await import('../../../adapters/output/websocket.js');
  const listen = `127.0.0.1:${await freePort()}`;
  const { context } = createOutputWorld();
  const output = await websocketOutput.create(websocketOutput.options.parse({ listen }), context);
  const input = websocketInput.create(websocketInput.options.parse({ listen }), createInputBench().context);
  await expect(input.run(new AbortController().signal)).rejects.toThrow(
    'found an output that serves at this route, expected a route of its own',
  );
  await output.close?.();
});
