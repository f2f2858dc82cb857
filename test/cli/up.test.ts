import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { expect, test } from '@jest/globals';
import { toLegalName } from '../../contract/names.js';
import { runCli, startCli } from '../support/cli.js';
import { mosquittoPub, mosquittoSub } from '../support/mosquitto-clients.js';

const FREE = ['--port', '0', '--http-port', '0'];
const host = toLegalName(hostname());

test("without a configuration this host's signals are nodes, and mesh/global is what becomes of them", async () => {
  await using up = await startCli(['up', ...FREE]);
  expect(up.ready).toMatch(/^mqtt:\/\/127\.0\.0\.1:\d+ http:\/\/127\.0\.0\.1:\d+$/);
  await using mesh = await mosquittoSub(up.port.mqtt ?? 0, 'mesh/#');
  for (const signal of ['cpu', 'memory']) {
    expect(await mesh.nextJson(`mesh/${host}-${signal}/phase`)).toMatchObject({
      node_id: `${host}-${signal}`,
      encoder: 'trend',
    });
    expect(await mesh.nextJson(`mesh/${host}-${signal}/info`)).toMatchObject({
      hardware: 'pi-4',
      tau_base: 1,
      interval: 1,
    });
    expect(await mesh.next(`mesh/${host}-${signal}/availability`)).toBe('online');
  }
  const global = await mesh.nextJson('mesh/global', ({ nodes }) => nodes.live >= 2);
  expect(global).toMatchObject({ threshold: 0.75, unified: expect.any(Boolean) });
  expect(await mesh.nextJson('mesh/sync/status')).toMatchObject({ state: 'online', leader: true });
  const answer = await fetch(`http://127.0.0.1:${up.port.http}/healthz`);
  expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ status: 'ok' })]);
});

test('two published phases give their weighted mean and average coherence; one input makes a node of its level', async () => {
  await using up = await startCli(['up', ...FREE], 'nodes: { heavy: { weight: 3 } }\n');
  const port = up.port.mqtt ?? 0;
  await using mesh = await mosquittoSub(port, 'mesh/#');
  await mosquittoPub(port, 'mesh/heavy/phase', '{"phase": {"real": 0.6, "imag": 0.7}, "coherence": 0.85}');
  await mosquittoPub(port, 'mesh/light/phase', '{"phase": {"real": -0.2, "imag": 0.3}, "coherence": 0.79}');
  const global = await mesh.nextJson('mesh/global', ({ nodes }) => nodes.live === 2);
  expect(global.phase.real).toBeCloseTo((3 * 0.6 - 0.2) / 4, 12);
  expect(global.phase.imag).toBeCloseTo((3 * 0.7 + 0.3) / 4, 12);
  expect(global.coherence).toBeCloseTo((0.85 + 0.79) / 2, 12);
  expect(global).toMatchObject({ unified: true, identity: global.phase });
  await mesh.nextJson('mesh/event', ({ type }) => type === 'emerged');
  await mosquittoPub(port, 'mesh/kitchen/input/temperature', '21.5');
  const kitchen = await mesh.nextJson('mesh/kitchen/phase');
  expect(kitchen).toMatchObject({ phase: { real: 0.215, imag: 0 }, coherence: 0.215, encoder: 'level' });
  const three = await mesh.nextJson('mesh/global', ({ nodes }) => nodes.live === 3);
  expect(three.coherence).toBeCloseTo((0.85 + 0.79 + 0.215) / 3, 12);
  await mesh.nextJson('mesh/event', ({ type }) => type === 'dissolved');
});

test("killing a node's client makes it offline and, after its time to live, takes it out of the sums", async () => {
  const config = 'nodes: {}\nmesh: { stale: { unannounced: 1s, at_least: 1s } }\n';
  await using up = await startCli(['up', ...FREE], config);
  const port = up.port.mqtt ?? 0;
  await using mesh = await mosquittoSub(port, 'mesh/#');
  const client = spawn(
    'mosquitto_pub',
    ['-p', String(port), '-t', 'mesh/robot/phase', '-l', '-q', '1'].concat([
      '--will-topic',
      'mesh/robot/availability',
      '--will-payload',
      'offline',
      '--will-retain',
    ]),
  );
  client.stdin.write('{"phase": {"real": 0.9, "imag": 0}}\n');
  await mesh.nextJson('mesh/global', ({ nodes }) => nodes.live === 1);
  expect(await mesh.next('mesh/robot/availability')).toBe('online');
  client.kill('SIGKILL');
  await once(client, 'close');
  expect(await mesh.next('mesh/robot/availability', (text) => text === 'offline')).toBe('offline');
  const { sequence } = await mesh.nextJson('mesh/global', ({ nodes }) => nodes.live === 1);
  const gone = await mesh.nextJson('mesh/global', (one) => one.nodes.live === 0 && one.sequence > sequence);
  expect(gone).toMatchObject({
    coherence: 0,
    phase: { real: 0, imag: 0 },
    identity: null,
    nodes: { known: 1 },
  });
  await mesh.nextJson('mesh/event', ({ type, node }) => type === 'node_left' && node === 'robot');
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s stops it within two seconds, and the mesh is told',
  async (signal) => {
    await using up = await startCli(['up', ...FREE]);
    await using mesh = await mosquittoSub(up.port.mqtt ?? 0, 'mesh/#');
    await mesh.nextJson('mesh/global', ({ nodes }) => nodes.live >= 2);
    const { code, milliseconds } = await up.stop(signal);
    expect(code).toBe(0);
    expect(milliseconds).toBeLessThan(2000);
    expect(
      mesh.heard
        .filter(({ topic }) => topic === 'mesh/global')
        .map(({ text }) => JSON.parse(text))
        .at(-1),
    ).toMatchObject({ nodes: { live: 0, known: 0 } });
    expect(await mesh.next(`mesh/${host}-cpu/availability`, (text) => text === 'offline')).toBe('offline');
    await mesh.nextJson('mesh/sync/status', ({ state }) => state === 'offline');
    await mesh.nextJson(`mesh/agent/${host}`, ({ state }) => state === 'offline');
  },
);

test('a taken port is named, with what to do', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const port = String((holder.address() as { port: number }).port);
  const mqtt = await runCli(['up', '--port', port, '--http-port', '0']);
  expect(mqtt).toMatchObject({ code: 1, stdout: '' });
  expect(mqtt.stderr).toContain(`Another process already listens on the port. (mqtt://127.0.0.1:${port}`);
  const http = await runCli(['up', '--port', '0', '--http-port', port]);
  expect(http.code).toBe(1);
  expect(http.stderr).toContain(
    `127.0.0.1:${port} for HTTP and MQTT over WebSocket; give another with --http-port N`,
  );
  holder.close();
});

test('a broker that is away is a line in the log, and no reason to end', async () => {
  const away = createServer().listen(0, '127.0.0.1');
  await once(away, 'listening');
  const { port } = away.address() as { port: number };
  away.close();
  await once(away, 'close');
  const agent = spawn(process.execPath, [
    'dist/cli/main.js',
    'node-agent',
    '--broker',
    `mqtt://127.0.0.1:${port}`,
  ]);
  let stderr = '';
  agent.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  while (!stderr.includes('LINK_AWAY')) await once(agent.stderr, 'data');
  expect(JSON.parse(stderr.split('\n')[0] ?? '')).toMatchObject({ level: 40, code: 'LINK_AWAY' });
  agent.kill('SIGTERM');
  expect(await once(agent, 'close')).toEqual([0, null]);
});
