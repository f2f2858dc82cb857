import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, jest, test } from '@jest/globals';
import { collect, startTestBroker } from '../support/test-broker.js';

const forever = new AbortController().signal;

test('small messages leave the broker at once: Nagle would hold them for a delayed acknowledgement', async () => {
  await using broker = await startTestBroker();
  const from = await broker.openLink({ name: 'near' }, forever);
  const got = await collect(await broker.mqttLink({ name: 'far' }, forever), 't');
  const milliseconds: number[] = [];
  for (let sent = 1; sent <= 100; sent += 1) {
    const start = performance.now();
    from.publish('t', '', { qos: 0, retain: false });
    void got.count(sent).then(() => milliseconds.push(performance.now() - start));
    await delay(1);
  }
  await got.count(100);
  expect(milliseconds.sort((a, b) => a - b)[90]).toBeLessThan(20);
});

test('and the link', async () => {
  const setNoDelay = jest.spyOn(Socket.prototype, 'setNoDelay');
  await using broker = await startTestBroker();
  await broker.mqttLink({ name: 'far' }, forever);
  expect(setNoDelay).toHaveBeenCalledWith(true);
  setNoDelay.mockRestore();
});
