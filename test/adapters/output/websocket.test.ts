import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { websocketInput } from '../../../adapters/input/websocket.js';
import { websocketOutput } from '../../../adapters/output/websocket.js';
import { OutputHealth } from '../../../adapters/output-health.js';
import { OutputRunner } from '../../../adapters/output-runner.js';
import type { Output } from '../../../contract/adapters.js';
import { type Clock, systemClock } from '../../../contract/clock.js';
import { explain } from '../../../contract/explain.js';
import type { EventMessage } from '../../../contract/payloads/event.js';
import type { GlobalMessage } from '../../../contract/payloads/global.js';
import { temporaryFolder } from '../../support/cli.js';
import { freePort } from '../../support/free-port.js';
import { createManualClock } from '../../support/manual-clock.js';
import { recordLog } from '../../support/recorded-log.js';
import { until } from '../../support/until.js';
import { runInput } from '../input/running-input.js';
import { startWebServer } from '../input/web-server.js';
import { connectTo, startWebSocketFeed } from '../input/web-socket-feed.js';
import { aState, createOutputWorld, settled } from '../samples.js';
import { describeOutput } from './output-suite.js';

const never = new AbortController().signal;

function joined(node: string): EventMessage {
  return { type: 'node_joined', node, timestamp: '2026-11-23T23:00:00.000Z', session: 'k3f9' };
}

function createOutput(options: object, clock: Clock = systemClock) {
  const world = createOutputWorld({ clock });
  const made = websocketOutput.create(websocketOutput.options.parse({ every: 0, ...options }), world.context);
  return { made, complaints: world.complaints };
}

/** One that is connected, and what it has heard. */
interface Listener {
  readonly socket: WebSocket;
  readonly heard: readonly string[];
  /** Resolves with everything heard, once that are so many messages. */
  count(messages: number): Promise<readonly string[]>;
  /** Resolves once everything that was sent to it before has been heard. */
  caughtUp(): Promise<void>;
}

async function listenTo(url: string, headers?: Record<string, string>): Promise<Listener> {
  const socket = new WebSocket(url, { headers: headers ?? {} });
  const heard: string[] = [];
  socket.on('message', (data) => heard.push(String(data)));
  socket.on('error', () => {});
  await once(socket, 'open');
  return {
    socket,
    heard,
    async count(messages) {
      await until(() => heard.length >= messages, `message ${messages}`);
      return heard;
    },
    async caughtUp() {
      const answered = once(socket, 'pong');
      socket.ping('caught up?');
      await answered;
    },
  };
}

/** An output that serves. */
async function serving(options: object = {}, clock?: Clock) {
  const listen = `127.0.0.1:${await freePort()}`;
  const output = await createOutput({ listen, route: '/mesh', ...options }, clock).made;
  const url = `ws://${listen}/mesh`;
  const listeners: Listener[] = [];
  return {
    listen,
    url,
    output,
    write: (sequence: number) => output.write(aState({ sequence }), never),
    tell: (node: string) => output.event?.(joined(node), never),
    async listener(headers?: Record<string, string>): Promise<Listener> {
      const one = await listenTo(url, headers);
      listeners.push(one);
      return one;
    },
    async [Symbol.asyncDispose]() {
      await output.close?.();
      for (const { socket } of listeners) socket.terminate();
    },
  };
}

function sequencesOf(heard: readonly string[]): number[] {
  return heard.map((text) => JSON.parse(text).sequence);
}

describeOutput('websocket that serves', websocketOutput, async () => {
  const listen = `127.0.0.1:${await freePort()}`;
  let listener: Listener | undefined;
  return {
    options: { listen, every: 0 },
    async acts() {
      listener ??= await listenTo(`ws://${listen}/`).catch(() => undefined);
      if (listener?.socket.readyState === WebSocket.OPEN) await listener.caughtUp();
      return listener?.heard.length ?? 0;
    },
    stall: () => listener?.socket.pause(),
    async [Symbol.asyncDispose]() {
      listener?.socket.terminate();
    },
  };
});

describeOutput('websocket that pushes', websocketOutput, async () => {
  const feed = await startWebSocketFeed();
  return {
    options: { url: feed.url, every: 0 },
    async acts() {
      // It connects by itself; before it is made, and after its end, nobody does.
      await until(() => feed.clients.size > 0, 'a connection', 0.2).catch(() => {});
      for (const client of feed.clients) {
        const answered = once(client, 'pong');
        client.ping();
        await Promise.race([answered, once(client, 'close')]);
      }
      return feed.received.length;
    },
    stall() {
      for (const client of feed.clients) client.pause();
    },
    [Symbol.asyncDispose]: () => feed[Symbol.asyncDispose](),
  };
});

describe('whoever connects', () => {
  test('hears states, events and silence, each as JSON', async () => {
    await using world = await serving();
    const [one, other] = [await world.listener(), await world.listener()];
    await world.write(1);
    await world.tell('kitchen');
    await world.output.quiet?.('the sync worker is offline');
    for (const { count } of [one, other]) {
      const heard = await count(3);
      expect(heard.map((text) => JSON.parse(text))).toEqual([
        aState({ sequence: 1 }),
        joined('kitchen'),
        { quiet: 'the sync worker is offline' },
      ]);
    }
  });

  test('hears at once what holds, and nothing that does not any more', async () => {
    await using world = await serving();
    const first = await world.listener();
    await first.caughtUp();
    expect(first.heard).toEqual([]);
    await world.write(1);
    await world.write(2);
    await world.tell('kitchen');
    const second = await world.listener();
    expect(sequencesOf(await second.count(1))).toEqual([2]);
    await world.output.quiet?.('no word from the mesh for 3.5 s');
    const third = await world.listener();
    expect(await third.count(1)).toEqual(['{"quiet":"no word from the mesh for 3.5 s"}']);
    await third.caughtUp();
    expect(third.heard).toHaveLength(1);
  });

  test('hears no two states sooner after each other than every, and the newest in the end', async () => {
    const clock = createManualClock();
    await using world = await serving({ every: '50ms' }, clock);
    const { heard, caughtUp } = await world.listener();
    const runner = new OutputRunner({
      open: () => world.output,
      clock,
      health: new OutputHealth(recordLog()),
    });
    void runner.start();
    for (let millisecond = 1; millisecond <= 200; millisecond += 1) {
      runner.offer(aState({ sequence: millisecond }));
      await settled();
      clock.advance(0.001);
    }
    clock.advance(0.05);
    await settled();
    await caughtUp();
    expect(sequencesOf(heard)).toEqual([1, 51, 101, 151, 200]);
    await runner.close();
  });

  test('hears what is wanted of both', async () => {
    await using states = await serving({ on: 'states' });
    const one = await states.listener();
    expect(states.output.event).toBeUndefined();
    await states.write(1);
    expect(sequencesOf(await one.count(1))).toEqual([1]);
    await using events = await serving({ on: ['events'] });
    const other = await events.listener();
    await events.write(1);
    await events.tell('a');
    expect(await other.count(1)).toEqual([JSON.stringify(joined('a'))]);
  });

  test('hears the end, and is let go', async () => {
    await using world = await serving();
    const { socket } = await world.listener();
    const closed = once(socket, 'close');
    await world.output.close?.();
    expect((await closed)[0]).toBe(1001);
    await expect(listenTo(world.url)).rejects.toThrow('ECONNREFUSED');
  });

  test('has nothing to say', async () => {
    await using world = await serving();
    const { socket, caughtUp, heard } = await world.listener();
    socket.send('hello');
    await world.write(1);
    await caughtUp();
    expect(heard).toHaveLength(1);
    socket.send('x'.repeat(1025));
    expect((await once(socket, 'close'))[0]).toBe(1009);
  });

  test('may be gone without a word', async () => {
    await using world = await serving();
    const [one, other] = [await world.listener(), await world.listener()];
    one.socket.terminate();
    await world.write(1);
    expect(sequencesOf(await other.count(1))).toEqual([1]);
  });

  test('is cut off when it answers no ping', async () => {
    const clock = createManualClock();
    await using world = await serving({}, clock);
    const mute = new WebSocket(world.url, { autoPong: false });
    await once(mute, 'open');
    const alive = await world.listener();
    const pinged = Promise.all([once(mute, 'ping'), once(alive.socket, 'ping')]);
    clock.advance(30);
    await pinged;
    await alive.caughtUp();
    clock.advance(30);
    expect((await once(mute, 'close'))[0]).toBe(1006);
    await world.write(1);
    await alive.count(1);
  });
});

describe('whoever does not read', () => {
  test('delays nobody, and hears the newest state afterwards, not those in between', async () => {
    await using world = await serving();
    const [frozen, reading] = [await world.listener(), await world.listener()];
    frozen.socket.pause();
    for (let sequence = 1; sequence <= 2000; sequence += 1) {
      await world.write(sequence);
      if (sequence % 4 === 0) await reading.caughtUp();
    }
    expect(sequencesOf(reading.heard)).toEqual(Array.from({ length: 2000 }, (_, index) => index + 1));
    expect(frozen.heard).toEqual([]);
    frozen.socket.resume();
    await until(() => sequencesOf(frozen.heard).at(-1) === 2000, 'the newest state');
    expect(frozen.heard.length).toBeLessThanOrEqual(17);
    expect(sequencesOf(frozen.heard).slice(0, -1)).toEqual(
      Array.from({ length: frozen.heard.length - 1 }, (_, index) => index + 1),
    );
  });

  test('hears of the silence, and of no state before it, once it reads again', async () => {
    await using world = await serving();
    const frozen = await world.listener();
    frozen.socket.pause();
    for (let sequence = 1; sequence <= 100; sequence += 1) await world.write(sequence);
    await world.output.quiet?.('the sync worker is offline');
    frozen.socket.resume();
    await until(() => frozen.heard.at(-1)?.includes('quiet') === true, 'the silence');
    expect(frozen.heard.length).toBeLessThanOrEqual(17);
  });

  test('hears every event, in order, if they are not too many', async () => {
    await using world = await serving();
    const frozen = await world.listener();
    frozen.socket.pause();
    const nodes = Array.from({ length: 116 }, (_, index) => `n${index}`);
    for (const node of nodes) await world.tell(node);
    frozen.socket.resume();
    const heard = await frozen.count(116);
    expect(heard.map((text) => JSON.parse(text).node)).toEqual(nodes);
  });

  test('hears an event before the states that came after it', async () => {
    await using world = await serving();
    const frozen = await world.listener();
    frozen.socket.pause();
    for (let sequence = 1; sequence <= 20; sequence += 1) await world.write(sequence);
    await world.tell('kitchen');
    await world.write(21);
    frozen.socket.resume();
    const heard = await frozen.count(18);
    expect(heard.slice(16)).toEqual(
      [joined('kitchen'), aState({ sequence: 21 })].map((one) => JSON.stringify(one)),
    );
  });

  test('is hung up on when events pile up, and the others are not', async () => {
    await using world = await serving();
    const [frozen, reading] = [await world.listener(), await world.listener()];
    frozen.socket.pause();
    for (let count = 1; count <= 120; count += 1) {
      await world.tell(`n${count}`);
      await reading.caughtUp();
    }
    expect(reading.heard).toHaveLength(120);
    const closed = once(frozen.socket, 'close');
    frozen.socket.resume();
    const [code, reason] = await closed;
    expect([code, String(reason)]).toEqual([1013, 'too slow for the events']);
    expect(frozen.heard).toHaveLength(16);
  });

  test('does not make us believe that it has read what was not sent', async () => {
    await using world = await serving();
    const liar = new WebSocket(world.url, { autoPong: false });
    const heard: string[] = [];
    liar.on('message', (data) => heard.push(String(data)));
    await once(liar, 'open');
    for (const pong of ['NaN', '', '-1', '1000']) liar.pong(pong);
    for (let sequence = 1; sequence <= 50; sequence += 1) {
      await world.write(sequence);
      const answered = once(liar, 'pong');
      liar.ping();
      await answered;
    }
    expect(heard).toHaveLength(16);
    liar.terminate();
  });
});

describe('is let in', () => {
  test('only with the token', async () => {
    await using folder = await temporaryFolder();
    const token_file = join(folder.path, 'token');
    await writeFile(token_file, 's3cret');
    await using world = await serving({ token_file });
    await world.write(1);
    expect(await connectTo(world.url)).toMatch(/^401 found no or another token/);
    expect(await connectTo(world.url, { authorization: 'Bearer wrong' })).toMatch(/^401 /);
    const { count } = await world.listener({ authorization: 'Bearer s3cret' });
    await count(1);
  });

  test('no web page of another host that is not listed', async () => {
    await using world = await serving({ origins: ['https://example.org'] });
    expect(await connectTo(world.url, { origin: 'https://example.net' })).toBe(
      '403 pages of https://example.net may listen only if origins lists it',
    );
    await world.listener({ origin: 'https://example.org' });
    await world.listener({ origin: `http://${world.listen}` });
  });

  test('no more than max_clients, and the next when one has gone', async () => {
    await using world = await serving({ max_clients: 2 });
    const first = await world.listener();
    await world.listener();
    expect(await connectTo(world.url)).toBe('503 2 are connected, which is as many as max_clients lets in');
    first.socket.close();
    await once(first.socket, 'close');
    await world.listener();
  });

  test('only at its route, beside others of that address', async () => {
    await using world = await serving();
    expect(await connectTo(`ws://${world.listen}/cellar`)).toBe('404 there is no WebSocket at /cellar');
    await using input = runInput(websocketInput, { listen: world.listen, route: '/input' });
    const speaker = await listenTo(`ws://${world.listen}/input`);
    speaker.socket.send('21.5');
    await until(() => input.readings.length === 1, 'the reading');
    speaker.socket.terminate();
    const { made } = createOutput({ listen: world.listen, route: '/input' });
    await expect(made).rejects.toThrow(
      `another input or output takes WebSockets at ws://${world.listen}/input, expected another route`,
    );
    await using other = await serving({ listen: world.listen, route: '/other' });
    await other.output.write(aState({ sequence: 7 }), never);
    const { count, socket } = await listenTo(`ws://${world.listen}/other`);
    expect(sequencesOf(await count(1))).toEqual([7]);
    socket.terminate();
  });

  test('nobody where another program listens, which is a sentence', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const listen = `127.0.0.1:${(other.address() as { port: number }).port}`;
    await expect(createOutput({ listen }).made).rejects.toThrow(
      `cannot listen on ${listen}: another program listens there, expected a free port`,
    );
    await new Promise((resolve) => other.close(resolve));
    const output = await createOutput({ listen }).made;
    await output.close?.();
  });
});

/** An output that pushes to a server of its own. */
async function pushing(options: object = {}, isMute = false) {
  const feed = await startWebSocketFeed({ isMute });
  const clock = createManualClock();
  const waits: number[] = [];
  const counting: Clock = {
    ...clock,
    after(seconds, task) {
      waits.push(seconds);
      return clock.after(seconds, task);
    },
  };
  const { made, complaints } = createOutput(
    { url: `${feed.url}?key=s3cret`, timeout: '10s', ...options },
    counting,
  );
  const output: Output = await made;
  return {
    feed,
    clock,
    complaints,
    /** How long it waited before each time that it connected again. */
    waits: () => waits.filter((seconds) => seconds !== 10),
    output,
    write: (sequence: number) => output.write(aState({ sequence }), never),
    connected: (times: number) => until(() => feed.headers.length === times, `connection ${times}`),
    received: (count: number) => until(() => feed.received.length >= count, `message ${count}`),
    complained: (count: number) => until(() => complaints.length >= count, `complaint ${count}`),
    async [Symbol.asyncDispose]() {
      await output.close?.();
      await feed[Symbol.asyncDispose]();
    },
  };
}

describe('a server that is pushed to', () => {
  test('hears states, events and silence, with headers and token', async () => {
    process.env.BECOMINGONE_TEST_TOKEN = 's3cret';
    await using world = await pushing({
      headers: { 'X-Room': 'kitchen' },
      token_env: 'BECOMINGONE_TEST_TOKEN',
    });
    await world.connected(1);
    delete process.env.BECOMINGONE_TEST_TOKEN;
    await world.write(1);
    await world.received(1);
    await world.output.event?.(joined('kitchen'), never);
    await world.output.quiet?.('the sync worker is offline');
    await world.received(3);
    expect(world.feed.received.map((text) => JSON.parse(text))).toEqual([
      aState({ sequence: 1 }),
      joined('kitchen'),
      { quiet: 'the sync worker is offline' },
    ]);
    expect(world.feed.headers[0]).toMatchObject({
      'x-room': 'kitchen',
      authorization: 'Bearer s3cret',
      'user-agent': 'becomingone',
    });
  });

  test('is connected to again, later each time, and hears the newest state alone', async () => {
    await using world = await pushing();
    await world.write(1);
    await world.received(1);
    await world.feed.die();
    await world.complained(2);
    for (const sequence of [2, 3, 4]) await world.write(sequence);
    world.clock.advance(0.25);
    await world.complained(3);
    await world.feed.comeBack();
    world.clock.advance(0.5);
    await world.received(2);
    expect(sequencesOf(world.feed.received)).toEqual([1, 4]);
    const [first = 0, second = 0] = world.waits();
    expect([first >= 0.125 && first <= 0.25, second >= 0.25 && second <= 0.5]).toEqual([true, true]);
    expect(world.complaints).toEqual([
      null,
      `${world.feed.url}: the connection broke off`,
      expect.stringMatching(`^${world.feed.url}: connect ECONNREFUSED`),
      null,
    ]);
  });

  test('hears no state that has ceased to hold while it was away', async () => {
    await using world = await pushing();
    await world.write(1);
    await world.received(1);
    await world.feed.die();
    await world.complained(2);
    await world.write(2);
    await world.output.quiet?.('the broker cannot be reached');
    await world.feed.comeBack();
    world.clock.advance(0.25);
    await world.received(2);
    expect(world.feed.received[1]).toBe('{"quiet":"the broker cannot be reached"}');
  });

  test('that hangs up is told as it said, and soon is no reason to hurry', async () => {
    await using world = await pushing();
    await world.connected(1);
    for (const client of world.feed.clients) client.close(4001, 'not you');
    await world.complained(2);
    expect(world.complaints[1]).toBe(`${world.feed.url}: the server closed it (code 4001), saying "not you"`);
    world.clock.advance(0.25);
    await world.connected(2);
    for (const client of world.feed.clients) client.close();
    await world.complained(4);
    expect(world.waits()[1]).toBeGreaterThanOrEqual(0.25);
    world.clock.advance(0.5);
    await world.connected(3);
  });

  test('that has stood for long is connected to again as if it had never failed', async () => {
    await using world = await pushing();
    for (const times of [1, 2, 3]) {
      await world.connected(times);
      await until(() => world.complaints.length === 2 * times - 1, 'the connection');
      world.clock.advance(10);
      for (const client of world.feed.clients) client.close();
      await world.complained(2 * times);
      world.clock.advance(0.25);
    }
    await world.connected(4);
  });

  test('that answers no ping is given up', async () => {
    await using world = await pushing({}, true);
    await world.connected(1);
    const [client] = world.feed.clients;
    const pinged = once(client as WebSocket, 'ping');
    await until(() => world.complaints.length === 1, 'the connection');
    world.clock.advance(30);
    await pinged;
    world.clock.advance(30);
    await world.complained(2);
    expect(world.complaints[1]).toBe(`${world.feed.url}: it answered no ping`);
  });

  test('that says nothing, or is none, is told', async () => {
    await using server = await startWebServer((response) => response.end('hello'));
    const { made, complaints } = createOutput({ url: `ws://${server.host}/mesh` });
    const output = await made;
    await until(() => complaints.length > 0, 'the complaint');
    expect(complaints[0]).toBe(`ws://${server.host}/mesh: answered 200 OK, expected a WebSocket`);
    await output.close?.();
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const asked = once(mute, 'connection');
    const url = `ws://127.0.0.1:${(mute.address() as { port: number }).port}/mesh`;
    const clock = createManualClock();
    const other = createOutput({ url, timeout: '5s' }, clock);
    const silent = await other.made;
    const [socket] = await asked;
    clock.advance(5);
    await until(() => other.complaints.length > 0, 'the complaint');
    expect(other.complaints[0]).toBe(`${url}: no connection within 5 s`);
    await silent.close?.();
    socket.destroy();
    await new Promise((resolve) => mute.close(resolve));
  });

  test('is not asked without the token, which is a sentence', async () => {
    await using world = await pushing({ token_file: '/no/such/file' });
    await world.complained(1);
    expect(world.complaints[0]).toMatch(`${world.feed.url}: cannot read token_file /no/such/file: ENOENT`);
    expect(world.feed.headers).toEqual([]);
  });

  test('hears goodbye at the end', async () => {
    await using world = await pushing();
    await world.write(1);
    await world.received(1);
    const [client] = world.feed.clients;
    const closed = once(client as WebSocket, 'close');
    await world.output.close?.();
    expect((await closed)[0]).toBe(1005);
  });

  test('that does not read hears the newest state afterwards', async () => {
    await using world = await pushing();
    await world.write(0);
    await world.received(1);
    const [client] = world.feed.clients;
    client?.pause();
    for (let sequence = 1; sequence <= 500; sequence += 1) await world.write(sequence);
    client?.resume();
    await until(() => sequencesOf(world.feed.received).at(-1) === 500, 'the newest state');
    expect(world.feed.received.length).toBeLessThanOrEqual(17);
  });
});

describe('probing', () => {
  const probe = (options: object) => websocketOutput.probe?.(websocketOutput.options.parse(options));

  test('says where to and from', async () => {
    expect(await probe({ url: 'wss://example.org/mesh?key=s3cret' })).toEqual({
      ok: true,
      detail: 'sends to wss://example.org/mesh',
    });
    expect(await probe({ listen: '127.0.0.1:9002', route: '/mesh' })).toEqual({
      ok: true,
      detail: 'sends to whoever connects to ws://127.0.0.1:9002/mesh',
    });
  });

  test('says what is missing', async () => {
    expect(await probe({ url: 'wss://example.org/', token_file: '/no/such/file' })).toMatchObject({
      ok: false,
    });
    expect(await probe({ listen: '0.0.0.0:9002' })).toEqual({
      ok: false,
      reason: expect.stringContaining('which other machines reach, expected token_env or token_file'),
    });
  });
});

test.each([
  [{}, 'found neither url nor listen, expected one of them: url to push to a server, listen to be one'],
  [{ url: 'ws://example.org', listen: '127.0.0.1:9002' }, 'found both url and listen, expected one of them'],
  [{ listen: '0.0.0.0:9002' }, 'found 0.0.0.0:9002, which other machines reach'],
])('%j is a sentence', async (options, sentence) => {
  await expect(createOutput(options).made).rejects.toThrow(sentence);
  expect(await websocketOutput.probe?.(websocketOutput.options.parse(options))).toMatchObject({ ok: false });
});

test.each([
  [
    { url: 'http://example.org' },
    'url: found "http://example.org", expected an address such as wss://example.org/mesh',
  ],
  [{ url: 'wss://me:pw@example.org' }, 'expected an address without a password'],
  [{ listen: '9002' }, 'listen: found "9002", expected HOST:PORT such as'],
  [{ listen: 'a:1', route: 'mesh' }, 'route: found "mesh", expected a path such as'],
  [{ listen: 'a:1', max_clients: 0 }, 'max_clients: found 0'],
  [{ listen: 'a:1', on: 'changes' }, 'on: found "changes", expected states or events, or a list of them'],
])('the configuration %j is refused: %s', (options, sentence) => {
  expect(explain(websocketOutput.options, options)).toContain(sentence);
});

test('what is sent is what the schema of the mesh has', async () => {
  await using world = await serving();
  const { count } = await world.listener();
  const state: GlobalMessage = aState({ identity: null, collapsed: false });
  await world.output.write(state, never);
  expect(JSON.parse((await count(1))[0] ?? '')).toEqual(state);
});
