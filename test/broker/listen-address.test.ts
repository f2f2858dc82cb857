import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { startBroker } from '../../broker/broker.js';
import { formatListenAddress, parseListenAddress } from '../../broker/listen-address.js';
import { systemClock } from '../../contract/clock.js';
import { silentLog } from '../../contract/log.js';
import { isLoopback } from '../../contract/own-host.js';
import { freePort } from '../support/free-port.js';
import { startMosquitto } from '../support/mosquitto.js';
import { startTestBroker } from '../support/test-broker.js';

const context = { clock: systemClock, log: silentLog };
const start = (...listen: string[]) => startBroker({ listen, allowAnonymous: false, version: '0' }, context);

test.each([
  ['mqtt://127.0.0.1:1883', { scheme: 'mqtt', host: '127.0.0.1', port: 1883 }],
  ['mqtt://[::1]:0', { scheme: 'mqtt', host: '::1', port: 0 }],
  ['ws://localhost:8083/mqtt', { scheme: 'ws', host: 'localhost', port: 8083 }],
])('%s is understood, and written the same', (text, address) => {
  expect(parseListenAddress(text)).toEqual(address);
  expect(formatListenAddress(parseListenAddress(text))).toBe(text);
});

test.each([
  'mqtt://127.0.0.1',
  'mqtts://127.0.0.1:8883',
  'ws://127.0.0.1:8083',
  'ws://127.0.0.1:8083/other',
  'mqtt://127.0.0.1:1883/mqtt',
  'mqtt://127.0.0.1:70000',
  'mqtt://me@127.0.0.1:1883',
  '127.0.0.1:1883',
  '1883',
  '',
])('%j is refused with what would be right', async (text) => {
  await expect(start(text)).rejects.toMatchObject({
    code: 'BROKER_LISTEN_INVALID',
    message: expect.stringContaining(
      `found ${JSON.stringify(text)}, expected mqtt://HOST:PORT or ws://HOST:PORT/mqtt`,
    ),
  });
});

test('an address that this machine does not have is named', async () => {
  await expect(
    startBroker({ listen: ['mqtt://192.0.2.1:1883'], allowAnonymous: true, version: '0' }, context),
  ).rejects.toMatchObject({
    code: 'BROKER_LISTEN_INVALID',
    message: expect.stringContaining('mqtt://192.0.2.1:1883: listen EADDRNOTAVAIL'),
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.10', false],
  ['127.evil.example', false],
  ['raspberrypi', false],
])('%s is this machine alone: %s', (host, alone) => {
  expect(isLoopback(host)).toBe(alone);
});

test('a listener beyond this machine is refused with the lines that mend it', async () => {
  const refusal: Error = await start('mqtt://127.0.0.1:0', 'mqtt://0.0.0.0:0').catch((error) => error);
  expect(refusal).toMatchObject({ code: 'BROKER_NOT_LOOPBACK' });
  expect(refusal.message).toContain('mqtt://0.0.0.0:0 can be reached from other machines.');
  const [, open = '', local = ''] = refusal.message.split(/^(?=broker:)/m);
  expect(parse(yamlOf(open))).toEqual({
    broker: { listen: ['mqtt://127.0.0.1:0', 'mqtt://0.0.0.0:0'], allow_anonymous: true },
  });
  expect(parse(yamlOf(local))).toEqual({ broker: { listen: ['mqtt://127.0.0.1:0', 'mqtt://127.0.0.1:0'] } });
  const { listen, allow_anonymous: allowAnonymous } = parse(yamlOf(open)).broker;
  const broker = await startBroker({ listen, allowAnonymous, version: '0' }, context);
  expect(broker.addresses[1]).toMatch(/^mqtt:\/\/0\.0\.0\.0:\d+$/);
  await broker.close();
});

/** The configuration among the sentences: its key, and the lines below it. */
function yamlOf(text: string): string {
  return text
    .split('\n')
    .filter((line) => /^(broker:| {2})/.test(line))
    .join('\n');
}

test('a port that is taken is named, and the other listeners are given back', async () => {
  await using mosquitto = await startMosquitto();
  const other = `mqtt://127.0.0.1:${await freePort()}`;
  const refusal: Error = await start(other, mosquitto.url).catch((error) => error);
  expect(refusal.message).toBe(`Another process already listens on the port. (${mosquitto.url})`);
  expect(refusal).toMatchObject({ code: 'BROKER_PORT_IN_USE' });
  const broker = await start(other);
  await broker.close();
});

test('who takes 1883 is probably a Mosquitto, and the way to use it is told', async () => {
  const other = createServer().listen(1883, '127.0.0.1');
  // An error means that somebody has it already, which does as well.
  await Promise.race([once(other, 'listening'), once(other, 'error')]).catch(() => {});
  const refusal: Error = await start('mqtt://127.0.0.1:1883').catch((error) => error);
  other.close();
  expect(refusal.message).toBe(
    'Another process already listens on the port. (mqtt://127.0.0.1:1883; it is often a Mosquitto already: ' +
      'use it with --broker mqtt://127.0.0.1:1883)',
  );
});

test('ports that the system chose are told', async () => {
  await using broker = await startTestBroker();
  expect(broker.broker.addresses).toEqual([
    expect.stringMatching(/^mqtt:\/\/127\.0\.0\.1:[1-9]\d*$/),
    expect.stringMatching(/^ws:\/\/127\.0\.0\.1:[1-9]\d*\/mqtt$/),
  ]);
});
