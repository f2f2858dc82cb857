import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../contract/clock.js';
import type { OpenLink } from '../../contract/link.js';
import { silentLog } from '../../contract/log.js';
import { mqttLinks } from '../../link/mqtt-links.js';
import { startMosquitto } from '../support/mosquitto.js';
import { connectClient, startTestBroker } from '../support/test-broker.js';
import { until } from '../support/until.js';

const forever = new AbortController().signal;
const brokers: Record<string, () => Promise<{ readonly url: string } & AsyncDisposable>> = {
  'the embedded broker': () => startTestBroker(),
  Mosquitto: () => startMosquitto(),
};

/** A kept subscription of `mesh/event`, and what it took; the first `refuses` messages are never done with. */
async function keeping(openLink: OpenLink, session: string, refuses = 0) {
  const taken: string[] = [];
  const link = await openLink(
    {
      name: 'keeper',
      kept: {
        session,
        filter: 'mesh/event',
        take({ payload }) {
          taken.push(Buffer.from(payload).toString());
          return taken.length <= refuses ? new Promise(() => {}) : Promise.resolve();
        },
      },
    },
    forever,
  );
  return { link, taken };
}

describe.each(Object.entries(brokers))('on %s', (_name, start) => {
  test('what comes while a kept link is away comes when it is back, in order', async () => {
    await using broker = await start();
    const openLink = mqttLinks({ url: broker.url, clock: systemClock, log: silentLog });
    const publisher = await connectClient(broker.url);
    const say = (text: string) => publisher.publishAsync('mesh/event', text, { qos: 1 });
    const first = await keeping(openLink, 'one');
    await say('1');
    await until(() => first.taken.length === 1, 'the first');
    await first.link.close();
    for (const text of ['2', '3', '4']) await say(text);
    const second = await keeping(openLink, 'one');
    await say('5');
    await until(() => second.taken.length === 4, 'the rest');
    expect(second.taken).toEqual(['2', '3', '4', '5']);
    const stranger = await keeping(openLink, 'two');
    await say('6');
    await until(() => stranger.taken.length === 1, 'the last');
    expect(stranger.taken).toEqual(['6']);
    await second.link.close();
    await stranger.link.close();
    publisher.end(true);
  });

  test('what has not been taken when the link is lost comes again', async () => {
    await using broker = await start();
    const openLink = mqttLinks({ url: broker.url, clock: systemClock, log: silentLog });
    const publisher = await connectClient(broker.url);
    const first = await keeping(openLink, 'one', 1);
    await publisher.publishAsync('mesh/event', '1', { qos: 1 });
    await publisher.publishAsync('mesh/event', '2', { qos: 1 });
    await until(() => first.taken.length === 1, 'the first');
    await first.link.close();
    const second = await keeping(openLink, 'one');
    await until(() => second.taken.length === 2, 'both');
    expect(second.taken).toEqual(['1', '2']);
    await second.link.close();
    publisher.end(true);
  });
});

test('inside the broker it hears what comes', async () => {
  await using broker = await startTestBroker();
  const { link, taken } = await keeping(broker.openLink, 'one');
  const publisher = await broker.connect();
  await publisher.publishAsync('mesh/event', '1', { qos: 1 });
  await until(() => taken.length === 1, 'the first');
  await link.close();
});
