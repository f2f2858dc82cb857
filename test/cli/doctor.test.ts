import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkHttpPort, checkMqttPort } from '../../cli/doctor/check-machine.js';
import { tryBroker } from '../../cli/doctor/try-broker.js';
import { runCli, startCli, temporaryFolder } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { startMosquitto } from '../support/mosquitto.js';
import { mosquittoPub, mosquittoSub } from '../support/mosquitto-clients.js';

interface Told {
  readonly section: string;
  readonly state: string;
  readonly name: string;
  readonly words: string;
  readonly status?: object;
}

/** Runs doctor with a configuration, its own ports free unless it says otherwise. */
async function examined(config: string, ...args: string[]) {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'mesh.yaml');
  await writeFile(file, config);
  const { code, stdout, stderr } = await runCli(['doctor', '--json', '--config', file, ...args]);
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Told[] };
  const of = (section: string, name: string): string => {
    const found = checks.find((check) => check.section === section && check.name === name);
    return found === undefined ? 'nothing' : `${found.state} ${found.words}`;
  };
  return { code, ok, checks, of, stderr, file };
}

async function freePorts(): Promise<{ yaml: string; mqtt: number; http: number }> {
  const [mqtt, http] = [await freePort(), await freePort()];
  const yaml = `broker: { listen: ["mqtt://127.0.0.1:${mqtt}"] }\nhttp: { listen: "127.0.0.1:${http}" }\n`;
  return { yaml, mqtt, http };
}

test('a table fits 100 columns, says how each thing is, and ends with a count', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'mesh.yaml');
  const { yaml, mqtt } = await freePorts();
  await writeFile(file, yaml);
  const { code, stdout, stderr } = await runCli(['doctor', '--config', file]);
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.split('\n');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  expect(lines[0]).toBe('this machine');
  expect(lines[1]).toMatch(
    new RegExp(`^  ok       node +${process.version} on ${process.platform} ${process.arch}$`),
  );
  expect(stdout).toMatch(
    new RegExp(`^  ok       mqtt://127\\.0\\.0\\.1:${mqtt} +free: npm start can serve here$`, 'm'),
  );
  expect(stdout).toMatch(/^inputs there are\n(?: {2}.*\n)*? {2}ok {7}mqtt +needs: topic$/m);
  expect(stdout).toMatch(/^outputs there are\n/m);
  expect(stdout).toMatch(/^this machine's own signals\n(?: {2}.*\n)*? {2}ok {7}\S+-cpu\/cpu +system/m);
  expect(lines.at(-2)).toMatch(/^no problem, \d+ warnings?$/);
});

describe('what is configured', () => {
  test('is probed by its own options; what cannot work is a problem, and the exit code 1', async () => {
    const [home, away] = [await freePort(), await freePort()];
    const { code, ok, of } = await examined(`
broker: { url: "mqtt://me:secret@127.0.0.1:${home}" }
nodes:
  here: { inputs: { load: { adapter: system, signal: cpu }, fed: {} } }
  house: { inputs: { t: { adapter: mqtt, topic: a/b, broker: "mqtt://me:secret@127.0.0.1:${away}" } } }
  "z-{device}": { inputs: { t: { adapter: mqtt, topic: "z/{device}", path: t } } }
  lost: { inputs: { t: { adapter: mqtt, topic: a/b, broker: "mqtt://me@house", password_file: /no/such/file } } }
outputs:
  log: { adapter: text }
`);
    expect([code, ok]).toEqual([1, false]);
    expect(of('this machine', 'broker')).toBe(
      `problem mqtt://127.0.0.1:${home} cannot be reached: connect ECONNREFUSED 127.0.0.1:${home}; ` +
        'start it, or name another with --broker',
    );
    expect(of('configured inputs', 'here/load')).toBe('ok system: works here');
    expect(of('configured inputs', 'here/fed')).toBe('ok mqtt-input hears mesh/here/input/fed');
    expect(of('configured inputs', 'z-{device}/t')).toBe('ok mqtt hears z/{device}');
    expect(of('configured inputs', 'house/t')).toBe(
      `problem mqtt: the broker mqtt://127.0.0.1:${away} cannot be reached: connect ECONNREFUSED 127.0.0.1:${away}`,
    );
    expect(of('configured inputs', 'lost/t')).toContain('problem cannot read password_file /no/such/file');
    expect(of('configured outputs', 'log')).toMatch(/^ok text/);
  });

  test('a configuration that is not valid is a problem with its place; the rest is examined all the same', async () => {
    const { code, of, checks, file, stderr } = await examined('mesh: { threshold: high }\n');
    expect([code, stderr]).toEqual([1, '']);
    expect(of('this machine', 'configuration')).toContain(
      `${file}:1:20: mesh.threshold: found "high", expected a finite number`,
    );
    expect(checks.some(({ section }) => section === 'inputs there are')).toBe(true);
  });
});

test('ports that others have are said to be so', async () => {
  await using mosquitto = await startMosquitto();
  const web = createServer((_, answer) => answer.end('{"status":"ok"}')).listen(0, '127.0.0.1');
  await once(web, 'listening');
  const { port } = web.address() as AddressInfo;
  const listen = [mosquitto.url, `mqtt://127.0.0.1:${port}`, 'mqtt://192.0.2.1:1883', 'tcp://x'];
  const mqtt = await checkMqttPort({ listen, allow_anonymous: false }, tryBroker);
  const http = await checkHttpPort({ listen: `127.0.0.1:${port}` });
  web.close();
  expect([...mqtt, http].map(({ state, words }) => `${state} ${words}`)).toEqual([
    'ok taken by a broker: this mesh, or another that npm start -- --broker can use',
    expect.stringMatching(/^warning taken by what is no broker \(.+\); npm start needs --port N$/),
    'warning cannot be served: EADDRNOTAVAIL',
    expect.stringContaining('problem A listen address of the broker is not one'),
    'warning taken by another program; npm start needs --http-port N',
  ]);
});

test('the inputs of a mesh that runs are shown as their nodes told them', async () => {
  const config = `
nodes:
  tick: { inputs: { x: {}, y: {} } }
  still: { inputs: { x: {} } }
`;
  await using up = await startCli(['up', '--port', '0', '--http-port', '0'], config);
  const port = up.port.mqtt ?? 0;
  await using mesh = await mosquittoSub(port, 'mesh/+/status');
  await mosquittoPub(port, 'mesh/still/input/x', 'nonsense');
  await mosquittoPub(port, 'mesh/tick/input/x', '21.5');
  await mesh.nextJson('mesh/still/status', ({ inputs }) => inputs.x.state === 'degraded');
  await mesh.nextJson('mesh/tick/status', ({ inputs }) => inputs.x.readings > 0);
  const url = `mqtt://127.0.0.1:${port}`;
  const { code, checks, of } = await examined(
    `broker: { listen: ["${url}"] }\nhttp: { listen: "127.0.0.1:${up.port.http}" }\n${config}`,
  );
  expect(code).toBe(0);
  expect(of('this machine', 'broker')).toBe(`ok ${url} takes us`);
  expect(of('this machine', `http://127.0.0.1:${up.port.http}`)).toMatch(
    /^ok becomingone \d\S* serves here$/,
  );
  const live = 'the mesh that runs';
  expect(of(live, 'sync worker')).toMatch(/^ok is online; \d+ messages received, 0 rejected$/);
  expect(of(live, 'tick/x')).toMatch(
    /^ok mqtt-input as trend, \S+\/s, 1 reading, 0 errors, last 21\.5 \d+ s ago$/,
  );
  expect(of(live, 'tick/y')).toBe(
    'warning waits for its first reading; mqtt-input as trend, 0/s, 0 readings, 0 errors',
  );
  expect(of(live, 'still/x')).toMatch(
    /^warning (the node is offline; )?found .*nonsense.*; mqtt-input as trend, .* 1 error$/,
  );
  expect(checks.find(({ name, section }) => section === live && name === 'tick/x')?.status).toMatchObject({
    adapter: 'mqtt-input',
    state: 'ok',
  });
});
