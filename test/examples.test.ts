import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { configSchema } from '../cli/settings.js';
import { parseConfig } from '../contract/config/load.js';
import { placeholdersOf } from '../contract/config/node-template.js';
import { TOPIC_INPUT } from '../contract/config/schema.js';
import type { StatusMessage } from '../contract/payloads/status.js';
import { runCli, startCli, temporaryFolder } from './support/cli.js';
import { mosquittoPub, mosquittoSub, type Subscription } from './support/mosquitto-clients.js';
import { until } from './support/until.js';

const examples = readdirSync('examples')
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => join('examples', name));
/** Of docker-compose.yml, whose network this machine is not in. */
const DOCKER = join('examples', 'docker.yaml');

test.each(examples)('%s is valid', async (file) => {
  expect(await runCli(['config', 'check', file])).toEqual({
    code: 0,
    stdout: `${file}: valid\n`,
    stderr: '',
  });
});

/** A node that has a phase, or says why it has none: this machine has no microphone, no camera and no Pi's pins. */
async function nodeShows(mesh: Subscription, node: string): Promise<void> {
  const isDegraded = (text: string): boolean => inputsIn(text).every(({ state }) => state === 'degraded');
  await until(
    () =>
      mesh.heard.some(
        ({ topic, text }) =>
          topic === `mesh/${node}/phase` || (topic === `mesh/${node}/status` && isDegraded(text)),
      ),
    `a word of ${node}`,
    15,
  );
  for (const { topic, text } of mesh.heard) {
    if (topic !== `mesh/${node}/status`) continue;
    for (const { reason = 'nothing is wrong' } of inputsIn(text)) expect(reason).toMatch(/^\S.* \S+ .*\S$/);
  }
}

function inputsIn(text: string): StatusMessage['inputs'][string][] {
  return text === '' ? [] : Object.values((JSON.parse(text) as StatusMessage).inputs);
}

test.each(examples.filter((file) => file !== DOCKER))('%s runs, and every node shows', async (file) => {
  const { nodes = {}, zones, outputs } = parseConfig(readFileSync(file, 'utf8'), file, configSchema);
  await using folder = await temporaryFolder();
  const args = ['up', '--port', '0', '--http-port', '0', '--data', folder.path, '--config', file];
  await using up = await startCli(args);
  const port = up.port.mqtt ?? 0;
  await using mesh = await mosquittoSub(port, 'mesh/#');
  const named = Object.entries(nodes).filter(([node]) => placeholdersOf(node).length === 0);
  for (const [node, { inputs }] of named) {
    for (const [channel, { adapter = TOPIC_INPUT }] of Object.entries(inputs)) {
      const text = channel === 'heading' ? '{"real": 0.6, "imag": 0.6}' : '0.5';
      if (adapter === TOPIC_INPUT) await mosquittoPub(port, `mesh/${node}/input/${channel}`, text);
    }
  }
  await mosquittoPub(port, 'oven/sensor/oven_temperature/state', '180 °C');
  const heard = named.filter(([node]) => !['speech-planner', 'bench-logger'].includes(node));
  await Promise.all(heard.map(([node]) => nodeShows(mesh, node)));
  for (const zone of Object.keys(zones)) await mesh.nextJson(`mesh/zone/${zone}`);
  const { nodes: live } = await mesh.nextJson('mesh/global', ({ nodes: { live: count } }) => count > 0);
  expect(live.live).toBeGreaterThan(0);
  for (const output of Object.keys(outputs)) await mesh.nextJson(`mesh/output/${output}/status`);
  expect(up.output().stderr).not.toMatch(/"level":[56]\d/);
});

test('the demonstration runs anywhere: every node has a phase, every zone a state, and nothing is wrong', async () => {
  const file = join('examples', 'demo.yaml');
  const { nodes = {}, zones } = parseConfig(readFileSync(file, 'utf8'), file, configSchema);
  await using up = await startCli(['up', '--port', '0', '--http-port', '0', '--config', file]);
  const port = up.port.mqtt ?? 0;
  await using mesh = await mosquittoSub(port, 'mesh/#');
  for (const [node, { inputs }] of Object.entries(nodes)) {
    for (const [channel, { adapter = TOPIC_INPUT }] of Object.entries(inputs)) {
      if (adapter === TOPIC_INPUT) await mosquittoPub(port, `mesh/${node}/input/${channel}`, '0.5');
    }
    await mesh.nextJson(`mesh/${node}/phase`, (message) => message.node_id === node);
  }
  for (const zone of Object.keys(zones)) {
    await mesh.nextJson(`mesh/zone/${zone}`, ({ nodes: { live } }) => live > 0);
  }
  await mesh.nextJson('mesh/global', ({ nodes: { live } }) => live === Object.keys(nodes).length);
  expect(up.output().stderr).not.toMatch(/"level":[4-9]\d/);
});
