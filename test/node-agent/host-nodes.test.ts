import { expect, test } from '@jest/globals';
import { systemInput } from '../../adapters/input/system.js';
import type { InputDefinition } from '../../contract/adapters.js';
import { nodeNameFault } from '../../contract/names.js';
import { HOST_SIGNALS, hostNodes } from '../../node-agent/host-nodes.js';
import { agentOptions, startAgentBench } from './agent-bench.js';

/** The system input of a machine that has these signals alone. */
const machineWith = (...signals: string[]): InputDefinition => ({
  ...systemInput,
  probe: async ({ signal }) =>
    signals.includes(String(signal)) ? { ok: true } : { ok: false, reason: 'this machine has none' },
});

test('every signal that exists here is a node', async () => {
  expect(await hostNodes('pi', machineWith('cpu', 'temperature'))).toEqual({
    'pi-cpu': {
      inputs: { cpu: { adapter: 'system', signal: 'cpu', encoder: { name: 'trend' }, weight: 1 } },
    },
    'pi-temperature': {
      inputs: {
        temperature: { adapter: 'system', signal: 'temperature', encoder: { name: 'trend' }, weight: 1 },
      },
    },
  });
});

test.each(['Märks Küche #2', 'h'.repeat(64), '', 'global', '日本'])(
  'a host called %s gets legal names',
  async (name) => {
    const names = Object.keys(await hostNodes(name, machineWith(...HOST_SIGNALS)));
    expect(names).toHaveLength(HOST_SIGNALS.length);
    expect(names.map(nodeNameFault)).toEqual(names.map(() => null));
  },
);

test('this machine reads itself', async () => {
  await using mesh = await startAgentBench();
  const nodes = await hostNodes('pi', systemInput);
  expect(Object.keys(nodes)).toEqual(expect.arrayContaining(['pi-cpu', 'pi-memory']));
  const phase = mesh.next('mesh/pi-memory/phase');
  await mesh.start(agentOptions({}, { nodes }));
  expect(JSON.parse(await phase)).toMatchObject({ encoder: 'trend', phase: { real: 0, imag: 0 } });
  expect(mesh.last('mesh/pi-memory/info')).toMatchObject({ hardware: 'pi-4', interval: 1 });
});
