import { expect, test } from '@jest/globals';
import { silentLog } from '../../contract/log.js';
import { createSubscriptions } from '../../link/subscriptions.js';
import { createManualClock } from '../support/manual-clock.js';
import { collect, startTestBroker } from '../support/test-broker.js';

const message = (topic: string) => ({ topic, payload: Buffer.alloc(0), retained: false });

test('a straggler of a subscription that was given up reaches nobody', () => {
  const subscriptions = createSubscriptions(silentLog);
  const heard: string[] = [];
  const left = subscriptions.add('left/+', ({ topic }) => heard.push(topic));
  subscriptions.add('stays/+', ({ topic }) => heard.push(topic));
  for (const topic of ['left/1', 'stays/1']) subscriptions.deliver(message(topic));
  expect(subscriptions.remove(left)).toBe(true);
  expect(subscriptions.remove(left)).toBe(false);
  for (const topic of ['left/1', 'stays/1', 'stays/2']) subscriptions.deliver(message(topic));
  expect(heard).toEqual(['left/1', 'stays/1', 'stays/1', 'stays/2']);
  expect(subscriptions.filters()).toEqual(['stays/+']);
});

test('a filter is given up with the last of its handlers', () => {
  const subscriptions = createSubscriptions(silentLog);
  const heard: number[] = [];
  const [first, second] = [1, 2].map((handler) => subscriptions.add('a', () => heard.push(handler)));
  if (first === undefined || second === undefined) throw new Error('two were added');
  subscriptions.deliver(message('a'));
  expect(subscriptions.remove(first)).toBe(false);
  subscriptions.deliver(message('a'));
  expect(subscriptions.remove(second)).toBe(true);
  expect(heard).toEqual([1, 2, 2]);
});

test('the broker is told when a subscription is given up', async () => {
  const clock = createManualClock();
  await using broker = await startTestBroker({ clock });
  const link = await broker.mqttLink({ name: 'leaver' }, new AbortController().signal);
  const figures = await collect(await broker.connect(), '$SYS/broker/subscriptions/count');
  const leave = await link.subscribe('a/+', () => {});
  clock.advance(10);
  expect((await figures.next(({ retained }) => !retained)).text).toBe('2');
  leave();
  await link.subscribe('b', () => {});
  clock.advance(10);
  expect((await figures.next()).text).toBe('2');
});
