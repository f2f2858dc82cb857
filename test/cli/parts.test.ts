import { expect, test } from '@jest/globals';
import { runCli, startCli } from '../support/cli.js';
import { startMosquitto } from '../support/mosquitto.js';
import { mosquittoPub, mosquittoSub } from '../support/mosquitto-clients.js';

const CONFIG = `
nodes:
  office: { weight: 3, zone: upstairs, inputs: { temperature: { encoder: { name: level, min: 0, max: 40 } } } }
adopt: { enabled: true }
mesh: { stale: { at_least: 2s } }
outputs:
  log: { adapter: text, every: 0, template: "coherence {coherence} live {live} unified {unified}" }
`;

test('the four parts are processes on a Mosquitto broker, and one that is killed is missed', async () => {
  await using mosquitto = await startMosquitto();
  const { port } = mosquitto;
  const broker = ['--broker', `mqtt://127.0.0.1:${port}`];
  await using mesh = await mosquittoSub(port, 'mesh/#');
  await using worker = await startCli(['sync-worker', ...broker], CONFIG);
  await using agent = await startCli(['node-agent', ...broker], CONFIG);
  await using outputs = await startCli(['adapters', ...broker], CONFIG);
  for (const { ready } of [worker, agent, outputs]) expect(ready).toBe(`mqtt://127.0.0.1:${port}`);
  await mosquittoPub(port, 'mesh/office/input/temperature', '34');
  await mosquittoPub(port, 'mesh/kitchen/input/temperature', '90');
  const global = await mesh.nextJson('mesh/global', ({ nodes }) => nodes.live === 2);
  expect(global).toMatchObject({ unified: true, coherence: expect.closeTo(0.875, 12) });
  expect(global.phase.real).toBeCloseTo((3 * 0.85 + 0.9) / 4, 12);
  expect(await mesh.nextJson('mesh/zone/upstairs', ({ nodes }) => nodes.live === 1)).toMatchObject({
    coherence: 0.85,
  });
  while (!outputs.output().stdout.includes('live 2 unified true')) {
    await new Promise((resolve) => outputs.process.stdout?.once('data', resolve));
  }
  agent.process.kill('SIGKILL');
  for (const node of ['office', 'kitchen'])
    await mesh.next(`mesh/${node}/availability`, (text) => text === 'offline');
  await mesh.nextJson('mesh/global', ({ nodes, sequence }) => nodes.live === 0 && sequence > global.sequence);
  await mesh.nextJson('mesh/event', ({ type }) => type === 'dissolved');
  for (const part of [outputs, worker]) {
    const { code, milliseconds, stderr } = await part.stop('SIGTERM');
    expect(code).toBe(0);
    expect(milliseconds).toBeLessThan(2000);
    expect(stderr).not.toContain('LINK_AWAY');
  }
  await mesh.nextJson('mesh/sync/status', ({ state }) => state === 'offline');
});

test('a broker that goes away and comes back finds everybody again', async () => {
  await using mosquitto = await startMosquitto();
  const { port } = mosquitto;
  const config = 'nodes: { tick: { inputs: { x: { adapter: synthetic, every: 100ms } } } }\n';
  await using up = await startCli(['up', '--http-port', '0', '--broker', `mqtt://127.0.0.1:${port}`], config);
  expect(up.ready).toMatch(new RegExp(`^mqtt://127\\.0\\.0\\.1:${port} http://127\\.0\\.0\\.1:\\d+$`));
  {
    await using before = await mosquittoSub(port, 'mesh/#');
    await before.nextJson('mesh/global', ({ nodes }) => nodes.live === 1);
  }
  await mosquitto.stop();
  while (!up.output().stderr.includes('LINK_AWAY'))
    await new Promise((resolve) => up.process.stderr?.once('data', resolve));
  await mosquitto.start();
  await using after = await mosquittoSub(port, 'mesh/#');
  await after.nextJson('mesh/tick/info');
  expect(await after.next('mesh/tick/availability', (text) => text === 'online')).toBe('online');
  await after.nextJson('mesh/global', ({ nodes }) => nodes.live === 1);
  await after.nextJson('mesh/sync/status', ({ state }) => state === 'online');
});

test('broker serves alone, over TCP and WebSocket, and says so', async () => {
  await using broker = await startCli(['broker', '--port', '0', '--http-port', '0']);
  expect(broker.ready).toMatch(/^mqtt:\/\/127\.0\.0\.1:\d+ http:\/\/127\.0\.0\.1:\d+$/);
  await using worker = await startCli(['sync-worker', '--broker', `ws://127.0.0.1:${broker.port.http}/mqtt`]);
  await using mesh = await mosquittoSub(broker.port.mqtt ?? 0, 'mesh/#');
  await mesh.nextJson('mesh/sync/status', ({ state }) => state === 'online');
  await mesh.nextJson('mesh/global');
  expect(worker.ready).toContain('ws://127.0.0.1');
});

test('watch prints a line a message where there is no terminal, and stops when its reader does', async () => {
  await using up = await startCli(['up', '--port', '0', '--http-port', '0']);
  const broker = `mqtt://127.0.0.1:${up.port.mqtt}`;
  const { execFile } = await import('node:child_process');
  const line = await new Promise<string>((resolve, reject) =>
    execFile(
      'sh',
      ['-c', `node dist/cli/main.js watch --broker ${broker} | head -n 1`],
      (error, stdout, stderr) =>
        error === null && stderr === '' ? resolve(stdout) : reject(error ?? new Error(stderr)),
    ),
  );
  expect(line).toMatch(/^coherence \d/);
  expect((await runCli(['watch', '--help'])).code).toBe(0);
});
