import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { configSchema } from '../cli/settings.js';
import { parseConfig } from '../contract/config/load.js';
import { TOPIC_INPUT } from '../contract/config/schema.js';
import { runCli, startCli } from './support/cli.js';
import { mosquittoPub, mosquittoSub } from './support/mosquitto-clients.js';

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

test.each(examples.filter((file) => file !== DOCKER))(
  '%s runs: every node has a phase, every zone a state',
  async (file) => {
    const { nodes = {}, zones } = parseConfig(readFileSync(file, 'utf8'), file, configSchema);
    await using up = await startCli(['up', '--port', '0', '--http-port', '0', '--config', file]);
    const port = up.port.mqtt ?? 0;
    await using mesh = await mosquittoSub(port, 'mesh/#');
    for (const [node, { inputs }] of Object.entries(nodes)) {
      const channels = Object.entries(inputs);
      if (channels.every(([, { adapter = TOPIC_INPUT }]) => adapter === TOPIC_INPUT)) {
        for (const [channel] of channels) await mosquittoPub(port, `mesh/${node}/input/${channel}`, '0.5');
      }
      await mesh.nextJson(`mesh/${node}/phase`, (message) => message.node_id === node);
    }
    expect(Object.keys(zones)).not.toEqual([]);
    for (const zone of Object.keys(zones)) {
      await mesh.nextJson(`mesh/zone/${zone}`, ({ nodes: { live } }) => live > 0);
    }
    const all = Object.keys(nodes).length;
    await mesh.nextJson('mesh/global', ({ nodes: { live } }) => live === all);
    expect(up.output().stderr).not.toMatch(/"level":[4-9]\d/);
  },
);
