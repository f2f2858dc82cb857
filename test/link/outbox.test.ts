import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../contract/clock.js';
import { silentLog } from '../../contract/log.js';
import { mqttLinks } from '../../link/mqtt-links.js';
import { until } from '../support/until.js';

const CONNACK_RECEIVE_MAXIMUM_3 = Buffer.from([0x20, 0x06, 0, 0, 0x03, 0x21, 0, 3]);

/** A broker that takes three QoS 1 messages at a time, and acknowledges them only when told to. */
async function startStrictBroker() {
  const packetIds: number[] = [];
  const texts: string[] = [];
  let client: Socket | undefined;
  let unacknowledged = 0;
  const server = createServer((socket) => {
    client = socket;
    socket.once('data', () => {
      socket.write(CONNACK_RECEIVE_MAXIMUM_3);
      socket.on('data', (bytes) => {
        for (let at = 0; at < bytes.length; at += 2 + (bytes[at + 1] ?? 0)) {
          const isPublish = (bytes[at] ?? 0) >> 4 === 3;
          if (!isPublish) continue;
          const topicEnd = at + 4 + bytes.readUInt16BE(at + 2);
          const isSafe = ((bytes[at] ?? 0) & 0x06) !== 0;
          if (isSafe) packetIds.push(bytes.readUInt16BE(topicEnd));
          if (isSafe) unacknowledged += 1;
          texts.push(bytes.toString('utf8', topicEnd + (isSafe ? 3 : 1), at + 2 + (bytes[at + 1] ?? 0)));
        }
      });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    texts,
    unacknowledged: () => unacknowledged,
    acknowledge() {
      const id = packetIds.shift();
      if (id === undefined) return;
      unacknowledged -= 1;
      client?.write(Buffer.from([0x40, 2, id >> 8, id & 0xff]));
    },
    [Symbol.dispose]() {
      client?.destroy();
      server.close();
    },
  };
}

test('no more QoS 1 messages are under way than the broker takes, and the rest follow in order', async () => {
  using broker = await startStrictBroker();
  const links = mqttLinks({ url: broker.url, clock: systemClock, log: silentLog });
  const link = await links({ name: 'burst' }, new AbortController().signal);
  const sent = ['1', '2', '3', '4', '5', '6', 'live', '7'];
  for (const text of sent) link.publish('a', text, { qos: text === 'live' ? 0 : 1, retain: false });
  await until(() => broker.texts.length === 3, 'the arrival of the first three');
  for (let acknowledged = 1; broker.texts.length < sent.length; acknowledged += 1) {
    expect(broker.unacknowledged()).toBeLessThanOrEqual(3);
    broker.acknowledge();
    await until(
      () => broker.texts.length >= Math.min(3 + acknowledged, sent.length),
      'the arrival of the next',
    );
  }
  expect(broker.texts).toEqual(sent);
  const closing = link.close();
  while (broker.unacknowledged() > 0) broker.acknowledge();
  await closing;
});
