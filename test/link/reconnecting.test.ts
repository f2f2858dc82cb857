import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../contract/clock.js';
import type { Link, OpenLink } from '../../contract/link.js';
import { mqttLinks } from '../../link/mqtt-links.js';
import { temporaryFolder } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { createManualClock } from '../support/manual-clock.js';
import { startMosquitto } from '../support/mosquitto.js';
import { startProxy } from '../support/proxy.js';
import { type RecordedLog, recordLog } from '../support/recorded-log.js';
import { collect, startTestBroker } from '../support/test-broker.js';
import { until } from '../support/until.js';
import { refuse5 } from './stages.js';

const forever = new AbortController().signal;
const SAFE = { qos: 1, retain: false } as const;

/** Links that wait a tenth of what they would, so that tests need not. */
function hastyLinks(url: string, log: RecordedLog = recordLog()): OpenLink {
  return mqttLinks({ url, log, clock: systemClock, random: () => 0.1 });
}

test('a broker that is away at the start is a line in the log, and the link opens when it comes', async () => {
  const port = await freePort();
  const log = recordLog();
  const opening = hastyLinks(`mqtt://ann:secret@127.0.0.1:${port}`, log)({ name: 'early' }, forever);
  await until(() => log.at('warn').length > 0, 'the warning');
  expect(log.at('warn')[0]).toEqual({
    level: 'warn',
    message: 'the broker is away; trying again',
    fields: {
      link: 'early',
      code: 'LINK_AWAY',
      broker: `mqtt://127.0.0.1:${port}`,
      reason: `connect ECONNREFUSED 127.0.0.1:${port}`,
      retrySeconds: 0.05,
    },
  });
  await using _broker = await startTestBroker({ port });
  const link = await opening;
  expect(link.online).toBe(true);
  expect(log.at('info').map(({ message }) => message)).toEqual(['the broker is back']);
  expect(JSON.stringify(log.lines)).not.toContain('secret');
  await link.close();
});

test('whoever stops waiting for the broker is told that it was away', async () => {
  const port = await freePort();
  const log = recordLog();
  const patience = new AbortController();
  const opening = hastyLinks(`mqtt://127.0.0.1:${port}`, log)({ name: 'impatient' }, patience.signal);
  await until(() => log.at('warn').length > 0, 'the warning');
  patience.abort();
  await expect(opening).rejects.toMatchObject({
    code: 'LINK_AWAY',
    message: `The broker cannot be reached. (mqtt://127.0.0.1:${port}: impatient was stopped before it connected)`,
  });
});

test('the waits grow, and only one line a minute warns of them', async () => {
  const clock = createManualClock();
  const log = recordLog();
  const patience = new AbortController();
  const links = mqttLinks({ url: `mqtt://127.0.0.1:${await freePort()}`, log, clock, random: () => 0.5 });
  const opening = links({ name: 'patient' }, patience.signal);
  const waits: unknown[] = [];
  for (let line = 1; line <= 10; line += 1) {
    await until(() => log.lines.length === line, `line ${line}`);
    const { retrySeconds } = log.lines.at(-1)?.fields ?? {};
    waits.push(retrySeconds);
    clock.advance(Number(retrySeconds));
  }
  expect(waits).toEqual([0.25, 0.5, 1, 2, 4, 8, 15, 15, 15, 15]);
  expect(log.lines.map(({ level }) => level).join(' ')).toBe(
    'warn debug debug debug debug debug debug debug debug warn',
  );
  patience.abort();
  await expect(opening).rejects.toMatchObject({ code: 'LINK_AWAY' });
});

test('a link comes back with its subscriptions, and gives birth once they stand', async () => {
  await using mosquitto = await startMosquitto();
  const log = recordLog();
  let births = 0;
  const birth = (link: Link): void => {
    births += 1;
    link.publish('back/birth', String(births), SAFE);
  };
  const link = await hastyLinks(mosquitto.url, log)({ name: 'returner', birth }, forever);
  const got = await collect(link, 'back/+');
  await mosquitto.stop();
  await until(() => !link.online, 'the loss of the connection');
  const late = collect(link, 'later/+');
  await mosquitto.start();
  expect((await got.next()).text).toBe('2');
  link.publish('later/on', 'subscribed while away', SAFE);
  expect((await (await late).next()).text).toBe('subscribed while away');
  expect(log.at('warn')).toMatchObject([
    { fields: { code: 'LINK_AWAY', reason: 'the connection was closed' } },
  ]);
  expect(log.at('info').at(-1)?.message).toBe('the broker is back');
  await link.close();
});

test('a subscription given up while the broker was away is not renewed', async () => {
  await using broker = await startTestBroker();
  await using proxy = await startProxy(Number(new URL(broker.url).port));
  const link = await hastyLinks(`mqtt://127.0.0.1:${proxy.port}`)({ name: 'leaver' }, forever);
  let delivered = 0;
  const leave = await link.subscribe('left/+', () => {
    delivered += 1;
  });
  const stays = await collect(link, 'stays/+');
  proxy.shut(true);
  await until(() => !link.online, 'the loss of the connection');
  leave();
  proxy.shut(false);
  await until(() => link.online, 'the return of the connection');
  const client = await broker.connect();
  await client.publishAsync('left/1', '', { qos: 1 });
  await client.publishAsync('stays/1', '', { qos: 1 });
  await stays.next();
  expect(delivered).toBe(0);
  await link.close();
});

test('a connection that held makes the next wait short again, one that did not lets it grow', async () => {
  await using broker = await startTestBroker();
  await using proxy = await startProxy(Number(new URL(broker.url).port));
  const clock = createManualClock();
  const log = recordLog();
  const url = `mqtt://127.0.0.1:${proxy.port}`;
  const link = await mqttLinks({ url, log, clock, random: () => 0.5 })({ name: 'flapper' }, forever);
  const waits: unknown[] = [];
  for (const heldSeconds of [0, 9, 10, 0]) {
    clock.advance(heldSeconds);
    const lines = log.lines.length;
    proxy.cut();
    await until(() => log.lines.length > lines, 'the loss of the connection');
    const { retrySeconds } = log.lines.at(-1)?.fields ?? {};
    waits.push(retrySeconds);
    clock.advance(Number(retrySeconds));
    await until(() => link.online, 'the return of the connection');
  }
  expect(waits).toEqual([0.25, 0.5, 0.25, 0.5]);
  await link.close();
});

test('users are taken from the address or beside it, and a wrong password ends the start', async () => {
  await using folder = await temporaryFolder();
  const users = join(folder.path, 'users');
  await promisify(execFile)('mosquitto_passwd', ['-b', '-c', users, 'ann', 'right']);
  await using mosquitto = await startMosquitto({ config: [`password_file ${users}`] });
  const open = async (
    user: string,
    credentials?: { username: string; password: string },
  ): Promise<boolean> => {
    const url = mosquitto.url.replace('//', `//${user}`);
    const context = { url, log: recordLog(), clock: systemClock };
    const link = await mqttLinks(credentials ? { ...context, credentials } : context)(
      { name: 'ann' },
      forever,
    );
    await link.close();
    return true;
  };
  expect(await open('ann:right@')).toBe(true);
  expect(await open('', { username: 'ann', password: 'right' })).toBe(true);
  await expect(open('ann:wrong@')).rejects.toMatchObject({ code: 'LINK_REFUSED' });
});

test.each([
  ['MQTT 5', () => 'pass' as const],
  ['MQTT 3.1.1', refuse5],
])('a broker that will not have us ends the start, over %s', async (_version, greet) => {
  await using mosquitto = await startMosquitto({ config: ['allow_anonymous false'] });
  await using proxy = await startProxy(mosquitto.port, greet);
  const opening = hastyLinks(`mqtt://127.0.0.1:${proxy.port}`)({ name: 'stranger' }, forever);
  await expect(opening).rejects.toMatchObject({
    code: 'LINK_REFUSED',
    message: `The broker refused the connection. (mqtt://127.0.0.1:${proxy.port}: Connection refused: Not authorized)`,
  });
});

test('a refusal once the link has run is waited out', async () => {
  const log = recordLog();
  const mosquitto = await startMosquitto();
  const { port, url } = mosquitto;
  const link = await hastyLinks(url, log)({ name: 'steady' }, forever);
  await mosquitto[Symbol.asyncDispose]();
  {
    await using _strict = await startMosquitto({ port, config: ['allow_anonymous false'] });
    const refused = (): boolean =>
      log.lines.some(({ fields }) => String(fields.reason).includes('Not authorized'));
    await until(refused, 'the refusal');
  }
  await using _open = await startMosquitto({ port });
  await until(() => link.online, 'the return of the connection');
  await link.close();
});

test('what was sent to a socket that is not read is bounded, and QoS 1 arrives when it is read again', async () => {
  await using broker = await startTestBroker();
  await using proxy = await startProxy(Number(new URL(broker.url).port));
  const link = await hastyLinks(`mqtt://127.0.0.1:${proxy.port}`)({ name: 'stuck' }, forever);
  const got = await collect(await broker.openLink({ name: 'reader' }, forever), 'stuck/+');
  const payload = 'x'.repeat(100_000);
  proxy.hold(true);
  const publishUntilFull = (options: { qos: 0 | 1; retain: boolean }): number => {
    for (let sent = 0; sent < 1000; sent += 1)
      if (!link.publish(`stuck/${options.qos}`, payload, options)) return sent;
    throw new Error('100 MB were taken');
  };
  const live = publishUntilFull({ qos: 0, retain: false });
  const safe = publishUntilFull(SAFE);
  expect(live).toBeGreaterThan(5);
  expect(safe).toBeGreaterThan(100);
  proxy.hold(false);
  await got.count(live + safe);
  expect(link.publish('stuck/0', 'again', { qos: 0, retain: false })).toBe(true);
  await link.close();
});
