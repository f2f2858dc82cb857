import { describe, expect, test } from '@jest/globals';
import { startMosquitto } from '../support/mosquitto.js';
import { mosquittoPub } from '../support/mosquitto-clients.js';
import { esphome, type RecordedMessage, tasmota, zigbee2mqtt } from '../support/recorded-house.js';
import { type AgentBench, agentOptions, startAgentBench } from './agent-bench.js';

const zigbee = (path: string) => ({
  adapter: 'mqtt',
  topic: 'zigbee2mqtt/{device*}',
  path,
  availability: { topic: 'zigbee2mqtt/{device*}/availability', path: 'state' },
});

async function publishAll(port: number, messages: readonly RecordedMessage[]): Promise<void> {
  for (const { topic, payload, retained } of messages) {
    await mosquittoPub(port, topic, payload, ...(retained ? ['-r'] : []));
  }
}

const namesOf = (mesh: AgentBench): string[] => mesh.last('mesh/agent/host').nodes.toSorted();

describe("a house's devices, on a Mosquitto of their own", () => {
  test('become nodes, each with the inputs that it has', async () => {
    await using house = await startMosquitto();
    await using mesh = await startAgentBench();
    const climate = { ...zigbee('temperature'), broker: house.url };
    const damp = { ...zigbee('humidity'), broker: house.url };
    const power = { adapter: 'mqtt', topic: 'tele/{device}/SENSOR', path: 'ENERGY.Power', broker: house.url };
    const attic = { adapter: 'mqtt', topic: 'attic/sensor/attic_temperature/state', broker: house.url };
    await mesh.start(
      agentOptions({
        nodes: {
          'z2m-{device}': { zone: 'house', alpha: 1, inputs: { temperature: climate, humidity: damp } },
          'tasmota-{device}': { inputs: { power } },
          attic: { inputs: { temperature: attic } },
        },
      }),
    );
    await publishUntilHeard(mesh, house.port, 'mesh/z2m-climate/info');
    await mesh.advance(1);
    expect(namesOf(mesh)).toEqual(['attic', 'tasmota-plug', 'z2m-climate']);
    expect(Object.keys(mesh.last('mesh/z2m-climate/info').inputs)).toEqual(['temperature', 'humidity']);
    expect(mesh.last('mesh/z2m-climate/info').zone).toBe('house');
    // Two levels of equal weights: 21.48 of 100 and 52.31 of 100.
    expect(mesh.last('mesh/z2m-climate/phase').phase.real).toBeCloseTo((0.2148 + 0.5231) / 2, 9);
    expect(mesh.last('mesh/attic/phase').phase.real).toBeCloseTo(0.183, 9);
  });

  test('take their node with them when they go, and bring it back', async () => {
    await using house = await startMosquitto();
    await using mesh = await startAgentBench();
    const input = { ...zigbee('temperature'), broker: house.url };
    await mesh.start(agentOptions({ nodes: { 'z2m-{device}': { inputs: { temperature: input } } } }));
    await publishUntilHeard(mesh, house.port, 'mesh/z2m-climate/info');
    const availability = 'zigbee2mqtt/climate/availability';
    await mosquittoPub(house.port, availability, '{"state":"offline"}', '-r');
    await heard(mesh, 'mesh/z2m-climate/availability', 'offline');
    await mosquittoPub(house.port, availability, '{"state":"online"}', '-r');
    await mosquittoPub(house.port, 'zigbee2mqtt/climate', '{"temperature": 22}');
    await heard(mesh, 'mesh/z2m-climate/availability', 'online');
  });

  test('count no more while that broker is away, and count again', async () => {
    await using house = await startMosquitto();
    await using mesh = await startAgentBench();
    const input = { adapter: 'mqtt', topic: 'attic/sensor/attic_temperature/state', broker: house.url };
    await mesh.start(agentOptions({ nodes: { attic: { inputs: { temperature: input } } } }));
    await publishUntilHeard(mesh, house.port, 'mesh/attic/phase');
    await house.stop();
    await heard(mesh, 'mesh/attic/availability', 'offline');
    expect(mesh.lines.map(({ fields }) => fields)).toContainEqual({
      node: 'attic',
      input: 'temperature',
      code: 'INPUT_FAILED',
      reason: `the broker ${house.url} cannot be reached`,
    });
    await house.start();
    mesh.forget();
    await publishUntilHeard(mesh, house.port, 'mesh/attic/availability');
    expect(mesh.texts('mesh/attic/availability')).toEqual(['online']);
  });
});

describe('devices on the broker of the mesh', () => {
  test("are heard there, a name that two of them would have being the first one's", async () => {
    await using mesh = await startAgentBench();
    const nodes = {
      '{device}': { inputs: { temperature: zigbee('temperature') } },
      mine: { inputs: { x: {} } },
    };
    await mesh.start(agentOptions({ nodes }));
    await mesh.settle();
    await mesh.send('zigbee2mqtt/a/b', { temperature: 10 });
    await mesh.send('zigbee2mqtt/a-b', { temperature: 90 });
    await mesh.send('zigbee2mqtt/mine', { temperature: 90 });
    await mesh.advance(1);
    expect(namesOf(mesh)).toEqual(['a-b', 'mine']);
    expect(mesh.last('mesh/a-b/phase').phase.real).toBeCloseTo(0.1, 9);
    const warnings = mesh.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields);
    expect(warnings).toEqual([
      { template: '{device}', device: 'a-b', reason: 'another node is called a-b' },
      { template: '{device}', device: 'mine', reason: 'another node is called mine' },
    ]);
  });

  test('are no more than adopt.max_nodes', async () => {
    await using mesh = await startAgentBench();
    const nodes = { '{device}': { inputs: { temperature: zigbee('temperature') } } };
    await mesh.start(agentOptions({ nodes, adopt: { max_nodes: 2 } }));
    await mesh.settle();
    for (const name of ['a', 'b', 'c', 'd']) await mesh.send(`zigbee2mqtt/${name}`, { temperature: 10 });
    await mesh.advance(1);
    expect(namesOf(mesh)).toEqual(['a', 'b']);
  });

  test('that publish nothing the inputs can read are no nodes', async () => {
    await using mesh = await startAgentBench();
    const nodes = { '{device}': { inputs: { temperature: zigbee('temperature') } } };
    await mesh.start(agentOptions({ nodes }));
    await mesh.settle();
    for (const text of ['{"humidity": 4}', 'nonsense', '{"temperature": null}', '']) {
      await mesh.send('zigbee2mqtt/a', text);
    }
    await mesh.advance(1);
    expect(mesh.texts('mesh/agent/host')).toHaveLength(1);
    expect(mesh.texts('mesh/a/info')).toEqual([]);
  });
});

/** Publishes the whole house until a message has come on a topic of the mesh: who listens by when is nobody's promise. */
async function publishUntilHeard(mesh: AgentBench, port: number, topic: string): Promise<void> {
  while (mesh.texts(topic).length === 0) {
    await publishAll(port, [
      ...zigbee2mqtt,
      ...tasmota,
      ...esphome.map((message) => ({ ...message, retained: false })),
    ]);
    await mesh.advance(1);
  }
}

/** Waits until the last message on a topic is such a one, with the clock going on. */
async function heard(mesh: AgentBench, topic: string, text: string): Promise<void> {
  for (let wait = 0; mesh.texts(topic).at(-1) !== text; wait += 1) {
    if (wait > 200) throw new Error(`${topic} was not ${text}; it was ${mesh.texts(topic)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await mesh.advance(1);
  }
}
