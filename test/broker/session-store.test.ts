import { expect, test } from '@jest/globals';
import type { AedesPublishPacket, Subscription } from 'aedes';
import { createSessionStore, type Outgoing } from '../../broker/store/session-store.js';

const message = (brokerCounter: number, messageId?: number): AedesPublishPacket =>
  ({
    cmd: 'publish',
    topic: 'a',
    payload: String(brokerCounter),
    qos: 1,
    brokerCounter,
    messageId,
  }) as AedesPublishPacket;
const subscription = (topic: string, qos: 0 | 1 | 2): Subscription => ({ topic, qos }) as Subscription;
const counters = (waiting: Iterable<Outgoing>) => [...waiting].map(({ brokerCounter }) => brokerCounter);

test('messages wait in order until they are acknowledged by the number the client knows them by', () => {
  const store = createSessionStore();
  for (const counter of [1, 2, 3]) store.enqueue('c', message(counter));
  store.update('c', message(2, 77));
  expect(store.acknowledge('c', { cmd: 'pubrel', messageId: 77 })).toMatchObject({ brokerCounter: 2 });
  expect(counters(store.outgoing('c'))).toEqual([1, 3]);
  expect(store.acknowledge('c', { cmd: 'pubrel', messageId: 77 })).toBeUndefined();
  expect(store.acknowledge('nobody', { cmd: 'pubrel', messageId: 1 })).toBeUndefined();
});

test('a message that became a release keeps its place', () => {
  const store = createSessionStore();
  for (const counter of [1, 2]) store.enqueue('c', message(counter));
  store.update('c', message(1, 5));
  store.update('c', { cmd: 'pubrel', messageId: 5 });
  expect([...store.outgoing('c')]).toMatchObject([{ cmd: 'pubrel', messageId: 5 }, { brokerCounter: 2 }]);
});

test("a message that is not forwarded after all is forgotten by the broker's own number", () => {
  const store = createSessionStore();
  for (const counter of [1, 2]) store.enqueue('c', message(counter));
  store.acknowledge('c', message(2));
  expect(counters(store.outgoing('c'))).toEqual([1]);
});

test('a client with overlapping subscriptions gets a message once, and no more wait than Mosquitto keeps', () => {
  const store = createSessionStore();
  store.enqueue('c', message(1));
  store.enqueue('c', message(1));
  expect(counters(store.outgoing('c'))).toEqual([1]);
  for (let counter = 2; counter <= 2000; counter += 1) store.enqueue('c', message(counter));
  expect(counters(store.outgoing('c'))).toHaveLength(1000);
});

test('only subscriptions of QoS 1 and 2 have messages waiting for them', () => {
  const store = createSessionStore();
  store.subscribe('c', [subscription('a', 1), subscription('b', 0)]);
  store.subscribe('d', [subscription('+', 2)]);
  const waiting = (topic: string) =>
    store
      .subscriptionsTo(topic)
      .map(({ clientId }) => clientId)
      .sort();
  expect(waiting('a')).toEqual(['c', 'd']);
  expect(waiting('b')).toEqual(['d']);
  store.subscribe('c', [subscription('a', 0)]);
  expect(waiting('a')).toEqual(['d']);
  store.unsubscribe('d', ['+', 'never']);
  expect(waiting('a')).toEqual([]);
  expect(store.subscriptionsOf('c')).toMatchObject([
    { topic: 'b', qos: 0 },
    { topic: 'a', qos: 0 },
  ]);
});

test('a session that is forgotten leaves nothing', () => {
  const store = createSessionStore();
  store.subscribe('c', [subscription('a', 1)]);
  store.enqueue('c', message(1));
  store.incoming('c').set(9, message(9, 9));
  store.forget('c');
  store.forget('c');
  expect(store.subscriptionsTo('a')).toEqual([]);
  expect([...store.outgoing('c'), ...store.subscriptionsOf('c'), ...store.clientIds()]).toEqual([]);
});
