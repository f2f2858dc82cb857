import { expect, test } from '@jest/globals';
import { createManualClock } from '../support/manual-clock.js';
import { type Collected, collect, startTestBroker } from '../support/test-broker.js';

const forever = new AbortController().signal;

test('figures stand below $SYS/broker as Mosquitto names them, and are renewed every ten seconds', async () => {
  const clock = createManualClock();
  await using broker = await startTestBroker({ clock });
  const link = await broker.openLink({ name: 'reader' }, forever);
  const got = await collect(link, '$SYS/broker/#');
  const first = await figures(got, 0);
  expect(got.messages.every(({ retained }) => retained)).toBe(true);
  expect(first).toMatchObject({
    version: 'becomingone version 0.0.0-test',
    uptime: '0 seconds',
    'clients/connected': '0',
  });

  const client = await broker.connect();
  await client.subscribeAsync(['a/#', 'b'], { qos: 1 });
  for (let index = 0; index < 10; index += 1)
    await client.publishAsync('a/b', String(index), { qos: 1, retain: true });
  await client.publishAsync('c', 'to nobody');
  const sleeper = await broker.connect({
    clientId: 'sleeper',
    clean: false,
    properties: { sessionExpiryInterval: 60 },
  });
  await sleeper.subscribeAsync('b', { qos: 1 });
  await sleeper.endAsync();
  const passer = await broker.connect({ clientId: 'passer', protocolVersion: 4 });
  await passer.publishAsync('c', 'once', { qos: 2 });
  await passer.endAsync();
  clock.advance(9.9);
  expect(got.messages).toHaveLength(11);
  clock.advance(0.1);
  expect(await figures(got, 11)).toEqual({
    version: 'becomingone version 0.0.0-test',
    uptime: '10 seconds',
    'clients/connected': '1',
    'clients/total': '2',
    // 3 CONNECT, 2 SUBSCRIBE, 12 PUBLISH, 10 PUBACK; 3 CONNACK, 2 SUBACK, 10 PUBACK, 1 PUBREC, 10 PUBLISH.
    'messages/received': '27',
    'messages/sent': '26',
    'publish/messages/received': '12',
    'publish/messages/sent': '10',
    'publish/messages/dropped': '0',
    'subscriptions/count': '3',
    'retained messages/count': '12',
  });
});

/** The figures of the round that begins with message number `from`. */
async function figures(got: Collected, from: number): Promise<Record<string, string>> {
  const round = (await got.count(from + 11)).slice(from);
  return Object.fromEntries(round.map(({ topic, text }) => [topic.replace('$SYS/broker/', ''), text]));
}
