import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { hostName } from '../cli/environment.js';
import { startHttpServer } from '../cli/http-server.js';
import { commandNames, createProgram } from '../cli/program.js';
import { configSchema } from '../cli/settings.js';
import { parseConfig } from '../contract/config/load.js';
import { TOPIC_TABLE, type TopicName } from '../contract/topic-table.js';
import { createTopics } from '../contract/topics.js';
import { startCli } from './support/cli.js';
import { startTestBroker } from './support/test-broker.js';

interface Service {
  readonly image: string;
  readonly user: string;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly restart: string;
  readonly hostname?: string;
  readonly command: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck: { readonly test: readonly string[] };
}

const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(compose.services);
const config = parseConfig(
  readFileSync('examples/docker.yaml', 'utf8'),
  'examples/docker.yaml',
  configSchema,
);
const mqttPort = new URL(config.broker.listen[0] ?? '').port;
const httpPort = config.http.listen.split(':').at(-1) ?? '';

/** The instructions of the Dockerfile, a stage a list, lines that go on joined. */
const stages = readFileSync('Dockerfile', 'utf8')
  .replace(/\\\n/g, ' ')
  .split(/^(?=FROM )/m)
  .slice(1)
  .map((stage) => stage.split('\n').filter((line) => /^[A-Z]+ /.test(line)));
const image = stages.at(-1) ?? [];

function argumentsOf(instruction: string, lines: readonly string[] = image): string[][] {
  return lines
    .filter((line) => line.startsWith(`${instruction} `))
    .map((line) => line.slice(instruction.length + 1).split(/\s+/));
}

function optionOf(command: readonly string[], option: string): string | undefined {
  const index = command.indexOf(option);
  return index === -1 ? undefined : command[index + 1];
}

describe.each(services)('the service %s', (name, service) => {
  test('runs a command there is, with options that it has', () => {
    const [command = '', ...rest] = service.command;
    expect(command).toBe(name);
    expect(commandNames()).toContain(command);
    const known = createProgram()
      .commands.find((one) => one.name() === command)
      ?.options.map(({ long }) => long);
    for (const option of rest.filter((word) => word.startsWith('--'))) expect(known).toContain(option);
  });

  test('talks to the broker of the compose file, on the port of the configuration', () => {
    const url = optionOf(service.command, '--broker');
    if (name === 'broker') return expect(url).toBeUndefined();
    expect(url).toBe(`mqtt://broker:${mqttPort}`);
    expect(service.depends_on).toEqual({ broker: { condition: 'service_healthy' } });
  });

  test('mounts what exists, and the configuration where the command looks for it, read-only', () => {
    for (const volume of service.volumes) {
      const [source = '', target] = volume.split(':');
      if (source.startsWith('./')) expect(existsSync(source)).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
      if (source === 'sync-data') expect(image.join('\n')).toContain(`BECOMINGONE_DATA=${target}\n`);
    }
    expect(service.volumes).toContain(`./examples/docker.yaml:${optionOf(service.command, '--config')}:ro`);
  });

  test('may do as little as possible, and comes back after a failure', () => {
    expect(service).toMatchObject({
      user: 'node',
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      restart: 'unless-stopped',
    });
  });

  test('is checked by the script in the image, on an address and a topic there are', () => {
    const [how, program, script = '', url = '', topic] = service.healthcheck.test;
    expect([how, program]).toEqual(['CMD', 'node']);
    expect(argumentsOf('COPY')).toContainEqual([script, './scripts/']);
    if (topic === undefined) return expect(url).toBe(`http://127.0.0.1:${httpPort}/healthz`);
    expect(url).toBe(`mqtt://broker:${mqttPort}`);
    const topics = createTopics(config.mesh.prefix);
    const known = (Object.keys(TOPIC_TABLE) as TopicName[]).find((one) => topics.parse(one, topic) !== null);
    expect(known).toBeDefined();
    expect(TOPIC_TABLE[known ?? 'phase']).toMatchObject({ retained: true });
    const agent = topics.parse('agent', topic)?.agent;
    if (agent !== undefined) expect(agent).toBe(service.hostname);
  });

  test("publishes the configuration's ports, on the host's loopback alone", () => {
    const expected = [mqttPort, httpPort].map((port) => `127.0.0.1:${port}:${port}`);
    expect(service.ports).toEqual(name === 'broker' ? expected : undefined);
  });
});

test('there is a service for each part, all of one image', () => {
  expect(services.map(([name]) => name)).toEqual(['broker', 'sync-worker', 'node-agent', 'adapters']);
  expect(new Set(services.map(([, service]) => service.image)).size).toBe(1);
});

test('the configuration lets the containers reach the broker', () => {
  expect(config.broker).toMatchObject({ listen: [`mqtt://0.0.0.0:${mqttPort}`], allow_anonymous: true });
  expect(config.http.listen).toBe(`0.0.0.0:${httpPort}`);
});

describe('the image', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  const { include } = JSON.parse(readFileSync('tsconfig.json', 'utf8')) as { include: readonly string[] };
  const ignored = readFileSync('.dockerignore', 'utf8').trim().split('\n');

  test('copies what there is: from the folder, or from a stage before', () => {
    for (const stage of stages) {
      for (const words of argumentsOf('COPY', stage)) {
        const sources = words.slice(0, -1).filter((word) => !word.startsWith('--'));
        if (!words[0]?.startsWith('--from=')) {
          for (const source of sources) expect(existsSync(source)).toBe(true);
        } else {
          expect(argumentsOf('FROM', stages[0])[0]?.slice(1)).toEqual([
            'AS',
            words[0].slice('--from='.length),
          ]);
          for (const source of sources) expect(source).toMatch(/^\/app\/(package\.json|node_modules|dist)$/);
        }
      }
    }
  });

  test('is built of all that the build needs', () => {
    for (const path of ['package.json', 'package-lock.json', 'tsconfig.json', 'scripts', ...include])
      expect(ignored).not.toContain(path);
    expect(ignored).toEqual(expect.arrayContaining(['node_modules', 'dist', '.git']));
  });

  test('runs the command of the package, not as root, on a Node that the package takes', () => {
    const entry = argumentsOf('ENTRYPOINT')[0]?.join(' ') ?? '';
    expect(JSON.parse(entry)).toEqual(['node', manifest.bin.becomingone]);
    expect(existsSync(manifest.bin.becomingone.replace(/^dist\/(.*)\.js$/, '$1.ts'))).toBe(true);
    expect(argumentsOf('USER')).toEqual([['node']]);
    const version = /^ARG NODE_VERSION=(\d+)$/m.exec(readFileSync('Dockerfile', 'utf8'))?.[1];
    expect(`>=${version}`).toBe(manifest.engines.node);
    expect(argumentsOf('EXPOSE')).toEqual([[mqttPort, httpPort]]);
  });
});

describe('the health check', () => {
  const check = async (...args: string[]) =>
    promisify(execFile)(process.execPath, ['scripts/healthcheck.mjs', ...args]).then(
      () => ({ code: 0, stderr: '' }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
    );

  test('takes each service for well while all parts run, and none when they have gone', async () => {
    await using up = await startCli(['up', '--port', '0', '--http-port', '0']);
    const checkAll = () =>
      Promise.all(
        services.map(async ([name, { healthcheck }]) => {
          const [url = '', topic] = healthcheck.test.slice(3);
          const here = new URL(url);
          const port = up.port[here.protocol.slice(0, -1)];
          const own = topic?.replace(/^mesh\/agent\/.+/, `mesh/agent/${hostName()}`);
          const { code } = await check(
            `${here.protocol}//127.0.0.1:${port}${here.pathname}`,
            ...(own === undefined ? [] : [own]),
          );
          return [name, code];
        }),
      );
    expect(await checkAll()).toEqual(services.map(([name]) => [name, 0]));
    await up.stop();
    expect(await checkAll()).toEqual(services.map(([name]) => [name, 1]));
  });

  test('takes the HTTP server of the broker for well, and nothing else', async () => {
    await using http = await startHttpServer('127.0.0.1:0', '0.0.0');
    expect(await check(`${http.url}/healthz`)).toEqual({ code: 0, stderr: '' });
    expect(await check(`${http.url}/elsewhere`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('found the answer 404, expected 200'),
    });
    await http.close();
    expect((await check(`${http.url}/healthz`)).code).toBe(1);
  });

  test('takes a part for well whose retained state is online', async () => {
    await using broker = await startTestBroker();
    const client = await broker.connect();
    const say = (state: string) =>
      client.publishAsync('mesh/sync/status', JSON.stringify({ state, session: 'k3f9' }), {
        qos: 1,
        retain: true,
      });
    await say('online');
    expect(await check(broker.url, 'mesh/sync/status')).toEqual({ code: 0, stderr: '' });
    await say('offline');
    expect(await check(broker.url, 'mesh/sync/status')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('found mesh/sync/status offline, expected online'),
    });
    expect(await check(broker.url, 'mesh/agent/docker')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('found nothing on mesh/agent/docker in 3000 ms'),
    });
  });

  test('ends when there is no broker, or something that says nothing', async () => {
    const mute = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const url = `mqtt://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    expect(await check(url, 'mesh/sync/status')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(url),
    });
    mute.close();
    await once(mute, 'close');
    expect(await check(url, 'mesh/sync/status')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
