import { expect, test } from '@jest/globals';
import { collect, startTestBroker } from '../support/test-broker.js';
test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('id %s', async (id) => {
  await using broker = await startTestBroker();
  const c = await broker.connect({ clientId: id });
  const d = await broker.connect({ clientId: id });
  const got = await collect(d, 'a');
  await d.publishAsync('a', '1', { qos: 1 });
  await got.next(undefined, 1);
  expect(c.connected).toBe(false);
}, 3000);
test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('topic %s', async (id) => {
  await using broker = await startTestBroker();
  const d = await broker.connect();
  const got = await collect(d, id);
  await d.publishAsync(id, '1', { qos: 1, retain: true });
  await got.next(undefined, 1);
  const all = await collect(await broker.connect(), '#');
  await d.publishAsync(id, '2', { qos: 1 });
  await all.next((m) => m.text === '2', 1);
}, 3000);
