import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../contract/clock.js';
import { silentLog } from '../../contract/log.js';
import { createTopicEars, type TopicEars } from '../../contract/topic-ears.js';
import { mqttLinks } from '../../link/mqtt-links.js';
import { createManualClock } from '../support/manual-clock.js';
import { startMosquitto } from '../support/mosquitto.js';
import { connectClient, startTestBroker } from '../support/test-broker.js';
import { until } from '../support/until.js';

/** Ears on a Mosquitto, what they hear, and how many links they opened. */
async function listening() {
  const mosquitto = await startMosquitto();
  const clock = createManualClock();
  const links = mqttLinks({ url: mosquitto.url, clock: systemClock, log: silentLog });
  let opened = 0;
  const ears = createTopicEars({
    clock,
    openLink: (options, signal) => {
      opened += 1;
      return links(options, signal);
    },
    openLinkTo: (url) => mqttLinks({ url, clock: systemClock, log: silentLog }),
  });
  const client = await connectClient(mosquitto.url);
  const heard: string[] = [];
  return {
    mosquitto,
    clock,
    ears,
    heard,
    client,
    opened: () => opened,
    hear: (name: string, filter: string, options: Parameters<TopicEars['hear']>[2] = {}) =>
      ears.hear(filter, ({ text }) => heard.push(`${name} ${text}`), options),
    publish: (topic: string, text: string, retain = false) =>
      client.publishAsync(topic, text, { qos: 1, retain }),
    async [Symbol.asyncDispose]() {
      await ears.close();
      client.end(true);
      await mosquitto[Symbol.asyncDispose]();
    },
  };
}

test('overlapping filters are heard once each, whatever the broker does with them', async () => {
  await using bench = await listening();
  await bench.hear('all', 'house/#');
  await bench.hear('one', 'house/lamp');
  await bench.hear('rooms', 'house/+');
  await bench.hear('lamps', '+/lamp');
  await bench.publish('house/lamp', '1');
  await bench.publish('garden/lamp', '2');
  await until(() => bench.heard.length >= 5, 'hearing');
  await bench.publish('garden/lamp', 'last');
  await until(() => bench.heard.includes('lamps last'), 'hearing');
  expect(bench.heard.toSorted()).toEqual(['all 1', 'lamps 1', 'lamps 2', 'lamps last', 'one 1', 'rooms 1']);
  // What house/# covers needs no link of its own; +/lamp overlaps with it and does.
  expect(bench.opened()).toBe(2);
});

test('only those who ask for it hear what the broker had kept', async () => {
  await using bench = await listening();
  await bench.publish('house/lamp', 'old', true);
  await bench.hear('all', 'house/#');
  await bench.hear('fresh', 'house/lamp');
  await bench.hear('kept', 'house/lamp', { retained: true });
  await until(() => bench.heard.length > 0, 'hearing');
  await bench.publish('house/lamp', 'new');
  await until(() => bench.heard.length >= 4, 'hearing');
  expect(bench.heard.toSorted()).toEqual(['all new', 'fresh new', 'kept new', 'kept old']);
});

test('one who stops hears no more, and the others go on', async () => {
  await using bench = await listening();
  const stop = new AbortController();
  const stopAll = await bench.hear('all', 'house/#');
  await bench.hear('one', 'house/lamp', { signal: stop.signal });
  await bench.hear('two', 'house/lamp');
  stopAll();
  stop.abort();
  stopAll();
  await bench.publish('house/lamp', '1');
  await until(() => bench.heard.length > 0, 'hearing');
  await bench.publish('house/lamp', '2');
  await until(() => bench.heard.length > 1, 'hearing');
  expect(bench.heard).toEqual(['two 1', 'two 2']);
});

test('one who begins while a message is heard hears that message', async () => {
  await using bench = await listening();
  await bench.ears.hear('house/#', () => void bench.hear('late', 'house/lamp'));
  await bench.publish('house/lamp', '1');
  await until(() => bench.heard.length > 0, 'hearing');
  expect(bench.heard).toEqual(['late 1']);
});

describe('a broker that is away', () => {
  test('is waited for, and said to be away', async () => {
    await using bench = await listening();
    await bench.mosquitto.stop();
    const said: (string | null)[] = [];
    const brokerUrl = bench.mosquitto.url.replace('//', '//me:secret@');
    const hearing = bench.hear('it', 'house/lamp', { brokerUrl, away: (reason) => said.push(reason) });
    bench.clock.advance(10);
    expect(said).toEqual([`the broker ${bench.mosquitto.url} cannot be reached`]);
    await bench.mosquitto.start();
    await hearing;
    bench.clock.advance(1);
    expect(said.at(-1)).toBeNull();
  });

  test('holds up nobody who stops waiting', async () => {
    await using bench = await listening();
    await bench.mosquitto.stop();
    const stop = new AbortController();
    const hearing = bench.hear('it', 'house/lamp', { signal: stop.signal, brokerUrl: bench.mosquitto.url });
    stop.abort();
    await hearing;
    await bench.ears.close();
  });
});

test('a broker that refuses us is an error for whoever wants to hear, each time', async () => {
  await using mosquitto = await startMosquitto({ config: ['allow_anonymous false'] });
  await using broker = await startTestBroker();
  const ears = createTopicEars({
    clock: createManualClock(),
    openLink: broker.openLink,
    openLinkTo: (url) => mqttLinks({ url, clock: systemClock, log: silentLog }),
  });
  for (let time = 0; time < 2; time += 1) {
    await expect(ears.hear('house/lamp', () => {}, { brokerUrl: mosquitto.url })).rejects.toThrow(
      'The broker refused the connection.',
    );
  }
  await ears.close();
});
