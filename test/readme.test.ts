import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { commandNames } from '../cli/program.js';
import { configSchema } from '../cli/settings.js';
import { parseConfig } from '../contract/config/load.js';
import { type RunningCli, startCli } from './support/cli.js';
import { mosquittoSub, type Subscription } from './support/mosquitto-clients.js';

const run = promisify(execFile);
const readme = readFileSync('README.md', 'utf8');
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
const shellLines = fences('sh').flatMap((block) => block.trim().split('\n'));

/** The contents of all of README's fences of a language. */
function fences(language: string): string[] {
  const blocks = readme.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'));
  return [...blocks].map(([, text = '']) => text);
}

/** The one shell line of README that begins so. */
function shellLine(beginning: string): string {
  const found = shellLines.filter((line) => line.startsWith(beginning));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

describe('the commands, on a mesh that has just started', () => {
  let up: RunningCli;
  let mesh: Subscription;
  const port = (): number => up.port.mqtt ?? 0;
  const shell = (line: string) => run('sh', ['-c', line]);

  beforeAll(async () => {
    up = await startCli(['up', '--port', '0', '--http-port', '0'], 'nodes: {}\n');
    mesh = await mosquittoSub(port(), 'mesh/#');
  });
  afterAll(async () => {
    await mesh[Symbol.asyncDispose]();
    await up[Symbol.asyncDispose]();
  });

  test('mosquitto_sub shows the mesh', async () => {
    const { stdout } = await shell(`${shellLine('mosquitto_sub')} -p ${port()} -C 1 -W 10`);
    expect(stdout).toMatch(/^mesh\/\S+ \S/);
  });

  test('a temperature of 21.5 makes kitchen a node at 0.215', async () => {
    await shell(`${shellLine('mosquitto_pub -t mesh/kitchen/')} -p ${port()}`);
    expect(await mesh.nextJson('mesh/kitchen/phase')).toMatchObject({ phase: { real: 0.215, imag: 0 } });
  });

  test("the robot's phase counts", async () => {
    await shell(`${shellLine('mosquitto_pub -t mesh/robot/')} -p ${port()}`);
    const { coherence } = await mesh.nextJson('mesh/global', ({ nodes }) => nodes.live === 2);
    expect(coherence).toBeCloseTo((0.215 + Math.hypot(0.6, 0.7)) / 2, 9);
  });

  test('watch prints what it sees', async () => {
    const line = `exec ${shellLine('node dist/cli/main.js watch')} --broker mqtt://127.0.0.1:${port()}`;
    const watch = spawn('sh', ['-c', line], { stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = once(watch, 'close');
    const [first] = await once(watch.stdout.setEncoding('utf8'), 'data');
    expect(first).toMatch(/coherence/);
    watch.kill();
    expect(await closed).toEqual([0, null]);
  });

  test("what Home Assistant's sensor reads is in mesh/global", async () => {
    const [block = ''] = fences('yaml').filter(isOfHomeAssistant);
    const [sensor] = parse(block).mqtt.sensor;
    const [, path = ''] = /^\{\{ value_json\.([\w.]+) \}\}$/.exec(sensor.value_template) ?? [];
    expect(await mesh.nextJson(sensor.state_topic)).toHaveProperty(path, expect.any(Number));
  });
});

test('there is no other kind of command line, and each names what exists', () => {
  for (const line of shellLines) expect(line).toMatch(/^(npm|node dist\/cli\/main\.js|mosquitto_(sub|pub)) /);
  for (const [, name = ''] of readme.matchAll(/\bnpm (?:run )?(\w+)/g)) expect(scripts).toHaveProperty(name);
  for (const [, name] of readme.matchAll(/node dist\/cli\/main\.js (\S+)/g)) {
    expect(commandNames()).toContain(name);
  }
});

test("the test command that .ci/run takes from README is one of package.json's", async () => {
  const [, command] = /^test_command=(.+)$/m.exec(readFileSync('.ci/run', 'utf8')) ?? [];
  const { stdout } = await run('bash', ['-c', `echo ${command}`]);
  const [npm, name = ''] = stdout.trim().split(' ');
  expect([npm, typeof scripts[name]]).toEqual(['npm', 'string']);
});

test.each(fences('yaml').filter((block) => !isOfHomeAssistant(block)))(
  'the configuration %j is valid',
  (block) => {
    expect(() => parseConfig(block, 'README.md', configSchema)).not.toThrow();
  },
);

test.each(pages())('the links of %s lead somewhere', (page) => {
  const links = readFileSync(page, 'utf8').matchAll(/\]\((?!\w+:)([^)#\s]+)/g);
  const broken = [...links].filter(([, link = '']) => !existsSync(join(dirname(page), link)));
  expect(broken.map(([, link]) => link)).toEqual([]);
});

function isOfHomeAssistant(block: string): boolean {
  return block.startsWith('mqtt:');
}

function pages(): string[] {
  const docs = readdirSync('docs', { recursive: true, encoding: 'utf8' });
  const pagesOf = (names: readonly string[]) => names.filter((name) => name.endsWith('.md'));
  return [...pagesOf(readdirSync('.')), ...pagesOf(docs).map((name) => join('docs', name))];
}
