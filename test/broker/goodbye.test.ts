import { once } from 'node:events';
import { createConnection } from 'node:net';
import { expect, test } from '@jest/globals';
import { collect, startTestBroker } from '../support/test-broker.js';

const forever = new AbortController().signal;
const willOf = (name: string) => ({ topic: `wills/${name}`, payload: 'gone', qos: 1 as const, retain: true });
const rawWillOf = (name: string) => ({ ...willOf(name), payload: Buffer.from('gone') });

test('whoever is connected when the broker stops hears the wills of all the others', async () => {
  await using broker = await startTestBroker();
  const newest = await broker.connect({ will: rawWillOf('newest') });
  const older = await broker.connect({ will: rawWillOf('older'), protocolVersion: 4 });
  const web = await broker.connectWebSocket({ will: rawWillOf('web') });
  const part = await broker.openLink({ name: 'part', will: willOf('part') }, forever);
  const polite = await broker.connect({ will: rawWillOf('polite') });
  await polite.endAsync();
  const heard = await Promise.all([newest, older, web, part].map((source) => collect(source, 'wills/+')));
  await broker.broker.close();
  const everybody = ['newest', 'older', 'part', 'web'];
  const names = ['newest', 'older', 'web', 'part'];
  for (const [index, collected] of heard.entries()) {
    await collected.count(3);
    const topics = collected.messages.map(({ topic }) => topic.replace('wills/', '')).sort();
    expect(topics).toEqual(everybody.filter((name) => name !== names[index]));
  }
});

test('a link inside the process ends when the broker does, and takes nothing more', async () => {
  await using broker = await startTestBroker();
  const link = await broker.openLink({ name: 'part' }, forever);
  await broker.broker.close();
  expect(await link.closed).toMatchObject({
    code: 'LINK_AWAY',
    message: 'The broker cannot be reached. (the broker in this process has stopped)',
  });
  expect(link.online).toBe(false);
  expect(link.publish('a', '', { qos: 0, retain: false })).toBe(false);
  const late = await broker.openLink({ name: 'late' }, forever);
  expect(await late.closed).toMatchObject({ code: 'LINK_AWAY' });
});

test('a client of MQTT 5 is told that the broker shuts down', async () => {
  await using broker = await startTestBroker();
  const client = await broker.connect();
  await client.subscribeAsync('settled');
  const told = new Promise((resolve) => client.once('disconnect', ({ reasonCode }) => resolve(reasonCode)));
  await broker.broker.close();
  expect(await told).toBe(0x8b);
});

test('sockets that are stuck, or never said a word, hold a stop up for less than a second', async () => {
  await using broker = await startTestBroker();
  for (const protocolVersion of [4, 5] as const) {
    const stuck = await broker.connect({ protocolVersion, will: rawWillOf('stuck') });
    await stuck.subscribeAsync('flood', { qos: 1 });
    stuck.stream.pause();
  }
  const mute = createConnection(Number(new URL(broker.url).port), '127.0.0.1').on('error', () => {});
  await once(mute, 'connect');
  const flooder = await broker.openLink({ name: 'flooder' }, forever);
  const payload = 'x'.repeat(100_000);
  for (let index = 0; index < 60; index += 1) flooder.publish('flood', payload, { qos: 1, retain: false });
  const muteClosed = once(mute.resume(), 'close');
  const start = performance.now();
  await broker.broker.close();
  expect(performance.now() - start).toBeLessThan(1000);
  await muteClosed;
  await broker.broker.close();
});

test('nobody is accepted any more', async () => {
  await using broker = await startTestBroker();
  await broker.broker.close();
  await expect(broker.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(broker.connectWebSocket()).rejects.toThrow();
});
