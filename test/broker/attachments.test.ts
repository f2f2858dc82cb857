import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createManualClock } from '../support/manual-clock.js';
import { recordLog } from '../support/recorded-log.js';
import { collect, startTestBroker } from '../support/test-broker.js';

const LIVE = { qos: 0, retain: false } as const;
const KEPT = { qos: 0, retain: true } as const;

test('messages reach sessions of the process at once, without a tick between', async () => {
  await using broker = await startTestBroker();
  const session = broker.broker.port.attach({ name: 'part' });
  const heard: string[] = [];
  await session.subscribe('a/+', ({ topic }) => heard.push(topic));
  session.publish('a/1', '', LIVE);
  expect(heard).toEqual(['a/1']);
});

test('what is published while retained messages are handed out comes after them', async () => {
  await using broker = await startTestBroker();
  const session = broker.broker.port.attach({ name: 'part' });
  for (const topic of ['a/1', 'a/2', 'a/3']) session.publish(topic, 'kept', KEPT);
  const heard: string[] = [];
  await session.subscribe('a/+', ({ topic, retained }) => {
    heard.push(`${topic} ${retained}`);
    if (topic === 'a/1' && retained) session.publish('a/4', 'live', KEPT);
  });
  expect(heard).toEqual(['a/1 true', 'a/2 true', 'a/3 true', 'a/4 false']);
});

test('a session that ends says what it had to say, hears nothing more, and publishes its will if it was torn away', async () => {
  await using broker = await startTestBroker();
  const got = await collect(await broker.connect(), '#');
  const will = { topic: 'will', payload: 'gone', ...LIVE };
  const [torn, polite] = [
    broker.broker.port.attach({ name: 'torn', will }),
    broker.broker.port.attach({ name: 'polite', will }),
  ];
  const heard: string[] = [];
  await torn.subscribe('#', ({ topic }) => heard.push(topic));
  polite.publish('polite', 'bye', LIVE);
  await polite.end(true);
  await polite.end(false);
  await polite.ended;
  await torn.end(false);
  await got.count(2);
  expect(got.messages.map(({ topic }) => topic)).toEqual(['polite', 'will']);
  expect(heard).toEqual(['polite']);
  expect(polite.publish('late', '', LIVE)).toBe(false);
});

test('the end waits until clients have been written what was published, however full their sockets', async () => {
  await using broker = await startTestBroker({ clock: createManualClock() });
  const client = await broker.connect();
  const got = await collect(client, 'a');
  client.stream.pause();
  const session = broker.broker.port.attach({ name: 'part' });
  for (let index = 0; index < 100; index += 1)
    session.publish('a', 'x'.repeat(100_000), { qos: 1, retain: false });
  let ended = false;
  const ending = session.end(true).then(() => {
    ended = true;
  });
  await delay(50);
  expect(ended).toBe(false);
  client.stream.resume();
  await ending;
  await got.count(100);
});

test('a birth that throws is a line in the log', async () => {
  const log = recordLog();
  await using broker = await startTestBroker({ log });
  const birth = (): void => {
    throw new Error('on purpose');
  };
  for (const open of [broker.openLink, broker.mqttLink]) {
    const link = await open({ name: 'still-born', birth }, new AbortController().signal);
    expect(link.online).toBe(true);
  }
  expect(log.at('error')).toMatchObject([
    { message: 'a birth failed', fields: { reason: 'on purpose' } },
    { message: 'a birth failed', fields: { reason: 'on purpose' } },
  ]);
});
