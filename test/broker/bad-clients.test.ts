import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MqttClient } from 'mqtt';
import { createManualClock } from '../support/manual-clock.js';
import { recordLog } from '../support/recorded-log.js';
import { collect, startTestBroker, type TestBroker } from '../support/test-broker.js';
import { until } from '../support/until.js';

const forever = new AbortController().signal;
const LIVE = { qos: 0, retain: false } as const;
const SAFE = { qos: 1, retain: false } as const;

/** Sends bytes, and waits until the broker hangs up. */
async function sendRaw(broker: TestBroker, bytes: Uint8Array): Promise<void> {
  const socket = createConnection(Number(new URL(broker.url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  socket.end(bytes);
  await once(socket, 'close');
}

/** That somebody else's message still takes its normal way. */
async function expectServed(broker: TestBroker): Promise<void> {
  const client = await broker.connect();
  const got = await collect(client, 'still/served');
  await client.publishAsync('still/served', 'yes', { qos: 1 });
  expect((await got.next()).text).toBe('yes');
  await client.endAsync();
}

function closeOf(client: MqttClient): Promise<void> {
  return new Promise((resolve) => client.once('close', () => resolve()));
}

const CONNECT = Buffer.from([0x10, 0x0d, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 1, 0x61]);

test('bytes that are not MQTT are cut off and disturb nobody', async () => {
  await using broker = await startTestBroker();
  await sendRaw(broker, Buffer.from('GET / HTTP/1.1\r\nHost: here\r\n\r\n'));
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.boolean(),
      async (bytes, connected) => {
        await sendRaw(broker, connected ? Buffer.concat([CONNECT, bytes]) : bytes);
      },
    ),
    { numRuns: 100 },
  );
  await expectServed(broker);
});

test.each([4, 5] as const)(
  '10 MB over MQTT level %d cost the publisher its connection, and nobody else',
  async (level) => {
    const log = recordLog();
    await using broker = await startTestBroker({ log });
    const bad = await broker.connect({ protocolVersion: level, clientId: 'greedy' });
    const good = await broker.connect();
    const got = await collect(await broker.connect(), '#');
    const cutOff = closeOf(bad);
    bad.publish('large', Buffer.alloc(10_000_000));
    const start = performance.now();
    await good.publishAsync('small', 'quick', { qos: 1 });
    await got.next(({ text }) => text === 'quick');
    expect(performance.now() - start).toBeLessThan(500);
    await cutOff;
    expect(got.messages.map(({ topic }) => topic)).toEqual(['small']);
    expect(log.at('warn')).toEqual([
      {
        level: 'warn',
        message: 'a client sent too large a packet: it was cut off',
        fields: {
          client: 'greedy',
          address: '127.0.0.1',
          packetBytes: 10_000_008 + level,
          mostBytes: 262_144,
        },
      },
    ]);
    await expectServed(broker);
  },
);

test('a client of MQTT 5 is told the largest packet, and one of that size passes', async () => {
  await using broker = await startTestBroker();
  const client = await broker.connect();
  expect(client.serverProperties?.maximumPacketSize).toBe(262_144);
  const got = await collect(client, 'large');
  const headerBytes = 4 + 2 + 'large'.length + 2 + 1;
  await client.publishAsync('large', Buffer.alloc(262_144 - headerBytes), { qos: 1 });
  await got.next();
  const cutOff = closeOf(client);
  client.publish('large', Buffer.alloc(262_144 - headerBytes + 1), { qos: 1 });
  await cutOff;
});

test('10 MB in one WebSocket frame cost the publisher its connection', async () => {
  const log = recordLog();
  await using broker = await startTestBroker({ log });
  const bad = await broker.connectWebSocket();
  const cutOff = closeOf(bad);
  bad.publish('large', Buffer.alloc(10_000_000));
  await cutOff;
  expect(log.at('warn')).toHaveLength(1);
  await expectServed(broker);
});

test('a handler that throws is a line in the log', async () => {
  const log = recordLog();
  await using broker = await startTestBroker({ log });
  const link = await broker.openLink({ name: 'part' }, forever);
  await link.subscribe('a', () => {
    throw new Error('on purpose');
  });
  link.publish('a', '', LIVE);
  expect(log.at('error')).toMatchObject([{ fields: { part: 'part', topic: 'a', reason: 'on purpose' } }]);
  await expectServed(broker);
});

test('a subscriber that stops reading holds nobody up, and misses QoS 0 until it reads again', async () => {
  const log = recordLog();
  const clock = createManualClock();
  await using broker = await startTestBroker({ log, clock });
  const slow = await broker.connect({ clientId: 'slow' });
  const got = await collect(slow, 'flood/+');
  slow.stream.pause();
  const publisher = await broker.connect();
  const heard = await collect(await broker.openLink({ name: 'heard' }, forever), 'flood/+');
  const payload = Buffer.alloc(50_000);
  const flood = 400;
  const publishing = (async () => {
    for (let index = 0; index < flood; index += 1) await publisher.publishAsync('flood/live', payload);
    await publisher.publishAsync('flood/last', 'safe', { qos: 1 });
  })();
  const ticking = setInterval(() => clock.advance(0.25), 10);
  await publishing;
  await heard.count(flood + 1);
  clearInterval(ticking);
  expect(log.at('warn')).toMatchObject([
    { fields: { client: 'slow' }, message: 'a client is too slow: it misses QoS 0 messages' },
  ]);
  slow.stream.resume();
  await got.next(({ topic }) => topic === 'flood/last');
  const missed = flood + 1 - got.messages.length;
  expect(missed).toBeGreaterThan(0);
  await until(() => {
    clock.advance(0.25);
    return log.at('info').length > 0;
  }, 'the end of the congestion');
  expect(log.at('info')).toMatchObject([{ fields: { client: 'slow', dropped: missed } }]);
  await publisher.publishAsync('flood/live', 'again');
  expect((await got.next(({ text }) => text === 'again')).topic).toBe('flood/live');
});

test('a subscriber that stops reading what may not be dropped is cut off', async () => {
  const log = recordLog();
  const clock = createManualClock();
  await using broker = await startTestBroker({ log, clock });
  const slow = await broker.connect({ clientId: 'slow' });
  await slow.subscribeAsync('flood', { qos: 1 });
  slow.stream.pause();
  const cutOff = closeOf(slow);
  const link = await broker.openLink({ name: 'flooder' }, forever);
  for (let round = 0; round < 20; round += 1) {
    for (let index = 0; index < 10; index += 1) link.publish('flood', 'x'.repeat(50_000), SAFE);
    await delay(5);
    clock.advance(0.25);
  }
  slow.stream.resume();
  await cutOff;
  expect(log.at('warn').at(-1)).toMatchObject({ message: 'a client is too slow: it was cut off' });
});
