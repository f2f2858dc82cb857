import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { mosquittoPub, mosquittoSub } from '../support/mosquitto-clients.js';
import { collect, startTestBroker, type TestBroker } from '../support/test-broker.js';
import { until } from '../support/until.js';

const forever = new AbortController().signal;
const portOf = (broker: TestBroker) => Number(new URL(broker.url).port);
const VERSIONS = ['mqttv311', 'mqttv5', 'mqttv31'];

test.each(VERSIONS)('mosquitto_pub and mosquitto_sub understand the broker over %s', async (version) => {
  await using broker = await startTestBroker();
  const link = await broker.openLink({ name: 'part' }, forever);
  link.publish('kept/part', 'by a part', { qos: 1, retain: true });
  await mosquittoPub(portOf(broker), 'kept/pub', 'by mosquitto_pub', '-V', version, '-r', '-q', '1');
  const got = await collect(link, '#');
  await using subscription = await mosquittoSub(portOf(broker), '#', '-V', version, '-q', '2');
  expect(await subscription.next('kept/part')).toBe('by a part');
  expect(await subscription.next('kept/pub')).toBe('by mosquitto_pub');
  expect(subscription.heard.every(({ retained }) => retained)).toBe(true);
  for (const qos of ['0', '1', '2']) {
    await mosquittoPub(portOf(broker), `live/${qos}`, qos, '-V', version, '-q', qos);
    expect(await subscription.next(`live/${qos}`)).toBe(qos);
  }
  expect(subscription.heard.filter(({ retained }) => !retained)).toHaveLength(3);
  await got.count(5);
});

test.each(VERSIONS)('a mosquitto_sub that is killed leaves its will, over %s', async (version) => {
  await using broker = await startTestBroker();
  const got = await collect(await broker.openLink({ name: 'part' }, forever), 'wills/+');
  const args = ['-p', String(portOf(broker)), '-V', version, '-t', 'nothing', '-d'];
  const will = ['--will-topic', 'wills/sub', '--will-payload', 'offline', '--will-qos', '1', '--will-retain'];
  const child = spawn('stdbuf', ['-oL', 'mosquitto_sub', ...args, ...will], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  await until(() => said.includes('Subscribed'), 'the subscription');
  child.kill('SIGKILL');
  expect(await got.next()).toMatchObject({ topic: 'wills/sub', text: 'offline', retained: false });
  const late = await collect(await broker.openLink({ name: 'late' }, forever), 'wills/+');
  expect(await late.next()).toMatchObject({ text: 'offline', retained: true });
});

test("mosquitto_sub is told of the broker's version like of Mosquitto's", async () => {
  await using broker = await startTestBroker();
  const args = ['-p', String(portOf(broker)), '-C', '1', '-W', '5', '-t', '$SYS/broker/version'];
  const { stdout } = await promisify(execFile)('mosquitto_sub', args);
  expect(stdout).toBe('becomingone version 0.0.0-test\n');
});
