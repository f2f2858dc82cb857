import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { HeardTopics } from '../../cli/discover/heard-topics.js';
import { createProgress } from '../../cli/discover/progress.js';
import { configSchema } from '../../cli/settings.js';
import { parseConfig } from '../../contract/config/load.js';
import { type Finished, runCli, startCli, temporaryFolder } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { startMosquitto } from '../support/mosquitto.js';
import { mosquittoPub, mosquittoSub, type Subscription } from '../support/mosquitto-clients.js';
import { later, type RecordedMessage, wholeHouse } from '../support/recorded-house.js';

const NODES = [
  'Acurite-Tower-A-1234',
  'Greenhouse',
  'attic',
  'bath-door',
  'boiler',
  'button',
  'cellar',
  'cellar-lock',
  'climate',
  'hall-motion',
  'lamp',
  'plug',
];

async function publishAll(port: number, messages: readonly RecordedMessage[]): Promise<void> {
  await Promise.all(
    messages.map(({ topic, payload, retained }) =>
      mosquittoPub(port, topic, payload, ...(retained === true ? ['-r'] : [])),
    ),
  );
}

/**
 * Runs discover on a broker that has kept the whole house, and lets a sensor speak while it listens.
 */
async function discoverHouse(port: number, ...args: string[]): Promise<Finished> {
  await publishAll(
    port,
    wholeHouse.map((message) => ({ ...message, retained: true })),
  );
  const child = spawn(process.execPath, ['dist/cli/main.js', 'discover', '--seconds', '1.5', ...args]);
  const closed = once(child, 'close') as Promise<[number]>;
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  while (!stderr.includes('listening')) await Promise.race([once(child.stderr, 'data'), closed]);
  await publishAll(port, later.slice(0, 1));
  const [code] = await closed;
  return { code, stdout, stderr };
}

/** Publishes until each of these nodes has a phase. */
async function feedUntilPhases(port: number, mesh: Subscription, nodes: readonly string[]): Promise<void> {
  const found = Promise.all(nodes.map((node) => mesh.nextJson(`mesh/${node}/phase`)));
  let isOver = false;
  const waiting = found.finally(() => {
    isOver = true;
  });
  while (!isOver) await publishAll(port, [...wholeHouse, ...later]);
  await waiting;
}

const nodesIn = (yaml: string): string[] => Object.keys(parseConfig(yaml, 'test', configSchema).nodes ?? {});

describe('a house on a Mosquitto broker', () => {
  test('becomes a configuration that runs: every device has a phase, in the units of its channels', async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await temporaryFolder();
    const { port, url } = mosquitto;
    const file = join(folder.path, 'house.yaml');
    const { code, stdout, stderr } = await discoverHouse(port, '--broker', url, '--write', file);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(
      /^listening to mqtt:\/\/127\.0\.0\.1:\d+ for 1\.5 s\nheard 43 messages on 43 topics; found 12 devices with 33 values\nwrote /,
    );
    const yaml = await readFile(file, 'utf8');
    expect(nodesIn(yaml)).toEqual(NODES);
    expect(parseConfig(yaml, file, configSchema).broker.url).toBe(url);
    // What came live while it listened.
    expect(yaml).toContain('      # 19.4 °C\n      temperature:\n');
    expect((await runCli(['config', 'check', file])).code).toBe(0);

    await using mesh = await mosquittoSub(port, 'mesh/#');
    await using up = await startCli(['up', '--http-port', '0', '--config', file]);
    expect(up.ready).toContain(url);
    await feedUntilPhases(port, mesh, NODES);
    const read = (inputs: Record<string, { readings: number }>) =>
      Object.values(inputs).every(({ readings }) => readings > 0);
    const attic = await mesh.nextJson('mesh/attic/status', ({ inputs }) => read(inputs));
    expect(attic.inputs).toMatchObject({
      temperature: { encoder: 'level', last: { value: expect.closeTo(((18.3 - 32) * 5) / 9, 9) } },
      pressure: { encoder: 'level', last: { value: expect.closeTo(1003, 9) } },
      motion: { encoder: 'level', last: { value: 1 } },
      co2: { encoder: 'trend', last: { value: 612 } },
    });
    const cellar = await mesh.nextJson('mesh/cellar/status', ({ inputs }) => read(inputs));
    expect(cellar.inputs.temperature.last.value).toBeCloseTo(21.5, 9);
    const window = await mesh.nextJson('mesh/Greenhouse/status', ({ inputs }) => read(inputs));
    expect(window.inputs.window).toMatchObject({
      encoder: 'level',
      last: { value: 1 },
      z: { real: 1, imag: 0 },
    });
  });

  test('at the default address is used there, for the mesh cannot be a broker at the same place', async () => {
    await using mosquitto = await startMosquitto();
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'mine.yaml');
    await writeFile(config, `broker: { listen: ["${mosquitto.url}"] }\nmesh: { prefix: house/mesh }\n`);
    await mosquittoPub(mosquitto.port, 'attic/sensor/co2/state', '612', '-r');
    await mosquittoPub(mosquitto.port, 'house/mesh/sensor/x/state', '1', '-r');
    const { stdout } = await runCli(['discover', '--seconds', '0.5', '--config', config]);
    expect(parseConfig(stdout, 'test', configSchema)).toMatchObject({
      mesh: { prefix: 'house/mesh' },
      broker: { url: mosquitto.url },
    });
    expect(nodesIn(stdout)).toEqual(['attic']);
  });

  test('whose broker asks for a password gives the address without it', async () => {
    await using folder = await temporaryFolder();
    const passwords = join(folder.path, 'passwords');
    execFileSync('mosquitto_passwd', ['-c', '-b', passwords, 'me', 'secret']);
    await using mosquitto = await startMosquitto({
      config: ['allow_anonymous false', `password_file ${passwords}`],
    });
    const { port } = mosquitto;
    await mosquittoPub(port, 'attic/sensor/co2/state', '612', '-r', '-u', 'me', '-P', 'secret');
    const found = await runCli([
      'discover',
      '--seconds',
      '0.5',
      '--broker',
      `mqtt://me:secret@127.0.0.1:${port}`,
    ]);
    expect(nodesIn(found.stdout)).toEqual(['attic']);
    expect(found.stdout).toContain(`--broker mqtt://USER:PASSWORD@127.0.0.1:${port}`);
    expect(found.stdout + found.stderr).not.toContain('secret');
    const refused = await runCli(['discover', '--broker', mosquitto.url]);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/Not authorized/i);
  });
});

test("devices on this mesh's own broker are found beside the mesh, which goes on being the broker", async () => {
  await using up = await startCli(['up', '--port', '0', '--http-port', '0']);
  const port = up.port.mqtt ?? 0;
  await using folder = await temporaryFolder();
  const config = join(folder.path, 'mine.yaml');
  await writeFile(config, `broker: { listen: ["mqtt://127.0.0.1:${port}"] }\n`);
  const { code, stdout } = await discoverHouse(port, '--config', config);
  expect(code).toBe(0);
  expect(nodesIn(stdout)).toEqual(NODES);
  expect(parseConfig(stdout, 'test', configSchema).broker.url).toBeUndefined();
});

test('a signal ends the listening early', async () => {
  await using mosquitto = await startMosquitto();
  const child = spawn(process.execPath, [
    'dist/cli/main.js',
    'discover',
    '--seconds',
    '1h',
    '--broker',
    mosquitto.url,
  ]);
  const closed = once(child, 'close');
  await once(child.stderr, 'data');
  child.kill('SIGINT');
  expect(await closed).toEqual([0, null]);
});

describe('without a result', () => {
  test('a sentence says what was listened to, for how long, and what to try', async () => {
    await using up = await startCli(['up', '--port', '0', '--http-port', '0']);
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'house.yaml');
    const url = `mqtt://127.0.0.1:${up.port.mqtt}`;
    const { code, stdout, stderr } = await runCli([
      'discover',
      '--seconds',
      '300ms',
      '--broker',
      url,
      '--write',
      file,
    ]);
    expect([code, stdout, existsSync(file)]).toEqual([0, '', false]);
    expect(stderr).toBe(
      `listening to ${url} for 0.3 s\nnothing but the mesh itself spoke on ${url} in 0.3 s: devices may speak once in ` +
        'minutes, so try --seconds 10m; name the broker that they use with --broker mqtt://HOST:PORT, and let its ' +
        'user read all topics\n',
    );
  });

  test('what nobody recognised is listed all the same', async () => {
    await using mosquitto = await startMosquitto();
    await mosquittoPub(mosquitto.port, 'solar/power', '1240', '-r');
    const { code, stdout, stderr } = await runCli([
      'discover',
      '--seconds',
      '0.5',
      '--broker',
      mosquitto.url,
    ]);
    expect(code).toBe(0);
    expect(nodesIn(stdout)).toEqual([]);
    expect(stdout).toContain('#   solar/power, 1 message: 1240\n');
    expect(stderr).toContain(`nothing that is known spoke on ${mosquitto.url} in 0.5 s`);
  });
});

describe('what cannot be done is said before it listens', () => {
  test('a broker that is away', async () => {
    const url = `mqtt://127.0.0.1:${await freePort()}`;
    const { code, stdout, stderr } = await runCli(['discover', '--broker', url]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      `becomingone: The broker cannot be reached. (${url}: connect ECONNREFUSED ${url.slice(7)}; ` +
        '--broker mqtt://HOST:PORT names another)\n',
    );
  });

  test('a file that is there already stays as it is', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'house.yaml');
    await writeFile(file, 'mine\n');
    const { code, stderr } = await runCli(['discover', '--write', file]);
    expect([code, await readFile(file, 'utf8')]).toEqual([2, 'mine\n']);
    expect(stderr).toContain(`${file} is there already, and stays as it is.`);
  });

  test.each([
    [['--write', '/nowhere/at/all.yaml'], 'there is no folder /nowhere/at.'],
    [['--seconds', '2d'], 'found 2d, expected at most 1d.'],
  ])('%j', async (args, sentence) => {
    const { code, stderr } = await runCli(['discover', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});

test('on a terminal the line of progress is drawn over itself', () => {
  const written: string[] = [];
  const progress = createProgress({ isTTY: true, write: (text) => written.push(text) }, 'mqtt://h', 10);
  const heard = new HeardTopics();
  progress.tell(heard, 10);
  heard.take({ topic: 'a', payload: Buffer.from('1') });
  progress.tell(heard, 8.2);
  progress.end({ nodes: [], bare: [], remarks: [], unrecognised: [] }, heard);
  expect(written.slice(0, 3)).toEqual([
    '\r\x1b[Klistening to mqtt://h for 10 s, 10 s left: 0 messages on 0 topics',
    '\r\x1b[Klistening to mqtt://h for 10 s, 9 s left: 1 messages on 1 topics',
    '\r\x1b[K',
  ]);
});
