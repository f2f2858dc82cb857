import { expect, test } from '@jest/globals';
import type { IClientOptions } from 'mqtt';
import { createManualClock } from '../support/manual-clock.js';
import {
  collect,
  connectClient,
  nextMessage,
  startTestBroker,
  type TestBroker,
} from '../support/test-broker.js';
import { until } from '../support/until.js';

// Each of these fails on the bare engine; docs/decisions/0001-aedes-2-beta.md lists them.

test('a message that follows a retained one does not make the retained one disappear', async () => {
  await using broker = await startTestBroker();
  const [from, to] = [await broker.connect(), await broker.connect()];
  const got = await collect(to, 'order/#');
  from.publish('order/kept', '1', { retain: true });
  from.publish('order/live', '2');
  from.publish('order/kept', '3', { qos: 1, retain: true });
  await got.count(3);
  const link = await broker.openLink({ name: 'mixed' }, new AbortController().signal);
  for (let index = 0; index < 20; index += 1) {
    link.publish('order/x', `x${index}`, { qos: index % 3 === 0 ? 1 : 0, retain: index % 2 === 0 });
  }
  const texts = (await got.count(23)).map(({ text }) => text);
  expect(texts).toEqual(['1', '2', '3', ...Array.from({ length: 20 }, (_, index) => `x${index}`)]);
});

test('a will waits for its delay, and does not carry it', async () => {
  await using broker = await startTestBroker();
  const got = await collect(await broker.connect(), 'wills/#');
  const will = {
    topic: 'wills/a',
    payload: Buffer.from('gone'),
    qos: 1 as const,
    retain: false,
    properties: { willDelayInterval: 1, contentType: 'text/plain' },
  };
  const start = performance.now();
  const mortal = await broker.connect({ will, properties: { sessionExpiryInterval: 60 } });
  mortal.stream.destroy();
  const received = await got.next();
  expect(received.properties).toEqual({ contentType: 'text/plain' });
  expect(performance.now() - start).toBeGreaterThan(950);
});

const keepAlives: [string, IClientOptions, number | undefined][] = [
  ['3.1.1 and none', { protocolVersion: 4, keepalive: 0 }, undefined],
  ['3.1.1 and a day', { protocolVersion: 4, keepalive: 65_535 }, undefined],
  ['5 and none', { protocolVersion: 5, keepalive: 0 }, 300],
  ['5 and an hour', { protocolVersion: 5, keepalive: 3600 }, 300],
  ['5 and a minute', { protocolVersion: 5, keepalive: 60 }, undefined],
];
test.each(keepAlives)('a client with a keep-alive of %s is served', async (_name, options, told) => {
  await using broker = await startTestBroker();
  const client = await broker.connect(options);
  expect(client.serverProperties?.serverKeepAlive).toBe(told);
  const got = await collect(client, 'here');
  await client.publishAsync('here', '', { qos: 1 });
  await got.next();
});

test('a 3.1.1 client that falls silent is missed after one and a half times the keep-alive it asked for', async () => {
  await using broker = await startTestBroker();
  const got = await collect(await broker.connect(), 'wills/#');
  const will = { topic: 'wills/a', payload: Buffer.from('gone'), qos: 0 as const, retain: false };
  const silent = await broker.connect({ protocolVersion: 4, keepalive: 1, will, reschedulePings: false });
  silent.sendPing = () => {};
  silent.onKeepaliveTimeout = () => {};
  expect((await got.next()).text).toBe('gone');
});

test('a session outlives its connection, with what came meanwhile, each once and in order', async () => {
  await using broker = await startTestBroker();
  const session = { clientId: 'sleeper', clean: false, properties: { sessionExpiryInterval: 60 } };
  const sleeper = await broker.connect(session);
  await sleeper.subscribeAsync('queue/#', { qos: 1 });
  await sleeper.endAsync();
  const other = await broker.connect();
  const sent = Array.from({ length: 50 }, (_, index) => String(index));
  for (const text of sent) await other.publishAsync('queue/a', text, { qos: 1 });
  await other.publishAsync('queue/a', 'live only', { qos: 0 });
  const heard: string[] = [];
  await using awake = await wake(broker, session, (text) => heard.push(text));
  await until(() => heard.length === 50, 'the arrival of what had waited');
  await other.publishAsync('queue/a', 'now', { qos: 1 });
  await until(() => heard.length === 51, 'the arrival of a live message');
  expect(heard).toEqual([...sent, 'now']);
  expect(awake.sessionPresent).toBe(true);
});

/** Resumes a session, listening before the broker sends anything. */
async function wake(broker: TestBroker, options: IClientOptions, take: (text: string) => void) {
  const { default: mqtt } = await import('mqtt');
  const client = mqtt.connect(broker.url, { protocolVersion: 5, reconnectPeriod: 0, ...options });
  client.on('message', (_topic, payload) => take(payload.toString()));
  const { sessionPresent } = await new Promise<{ sessionPresent: boolean }>((resolve) =>
    client.once('connect', resolve),
  );
  return { sessionPresent, [Symbol.asyncDispose]: async () => void client.end(true) };
}

test('QoS 2 goes through, once', async () => {
  await using broker = await startTestBroker();
  const [from, to] = [await broker.connect(), await broker.connect({ protocolVersion: 4 })];
  const heard: string[] = [];
  to.on('message', (_topic, payload) => heard.push(payload.toString()));
  await to.subscribeAsync('twice', { qos: 2 });
  for (const text of ['1', '2', '3']) await from.publishAsync('twice', text, { qos: 2 });
  await until(() => heard.length >= 3, 'the arrival of three messages');
  expect(heard).toEqual(['1', '2', '3']);
});

test('nobody but the broker speaks below $SYS, and its engine is not overheard', async () => {
  await using broker = await startTestBroker({ clock: createManualClock() });
  const client = await broker.connect();
  const got = await collect(client, '$SYS/#');
  await got.next(({ topic }) => topic === '$SYS/broker/version');
  await expect(client.publishAsync('$SYS/broker/version', 'mine', { qos: 1, retain: true })).rejects.toThrow(
    'Not authorized',
  );
  const other = await connectClient(broker.url);
  await other.subscribeAsync('a');
  await other.endAsync();
  await client.publishAsync('a', '', { qos: 1 });
  expect(
    got.messages.filter(({ topic, text }) => !topic.startsWith('$SYS/broker/') || text === 'mine'),
  ).toEqual([]);
});

const INHERITED = ['__proto__', 'constructor', 'toString'];
test.each(INHERITED)('a client and a topic may be called %s', async (name) => {
  await using broker = await startTestBroker();
  const former = await broker.connect({ clientId: name });
  const client = await broker.connect({ clientId: name });
  await until(() => !former.connected, 'the end of the first connection');
  const got = await collect(client, name);
  await client.publishAsync(name, 'kept', { qos: 1, retain: true });
  expect((await got.next()).text).toBe('kept');
  expect((await nextMessage(await broker.connect(), '#')).topic).toBe(name);
});

test('a will to many topics at once is published to none', async () => {
  await using broker = await startTestBroker();
  const got = await collect(await broker.connect(), 'wills/+');
  const willTo = (topic: string) => ({ topic, payload: Buffer.from(topic), qos: 0 as const, retain: true });
  for (const topic of ['wills/+', 'wills/#', 'wills/a']) {
    (await broker.connect({ will: willTo(topic) })).stream.destroy();
  }
  await got.next(({ text }) => text === 'wills/a');
  expect(got.messages).toHaveLength(1);
});
