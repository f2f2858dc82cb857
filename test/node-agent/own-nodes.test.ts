import { describe, expect, test } from '@jest/globals';
import { TOPIC_TABLE } from '../../contract/topic-table.js';
import { agentOptions, startAgentBench } from './agent-bench.js';

const kitchen = { kitchen: { inputs: { temperature: {} } } };
const REJECTION = { topic: expect.any(String), reason: expect.any(String), timestamp: expect.any(String) };

describe('a birth', () => {
  test('tells who the node is, that it is there, and who serves it', async () => {
    await using mesh = await startAgentBench();
    const nodes = {
      kitchen: {
        hardware: 'pi-zero',
        inputs: { temperature: {}, cpu: { adapter: 'system', signal: 'cpu' } },
      },
      weights: { weight: 3 },
    };
    await mesh.start(agentOptions({ nodes, zones: { downstairs: { nodes: ['kit*'] } } }));
    expect(TOPIC_TABLE.info.payload.parse(mesh.last('mesh/kitchen/info'))).toEqual({
      schema: 1,
      session: 'session-1',
      via: 'host',
      hardware: 'pi-zero',
      tau_base: 0.01,
      tau_max: 1,
      interval: 0.1,
      capabilities: ['phase', 'set', 'resonance'],
      zone: 'downstairs',
      inputs: {
        temperature: { adapter: 'mqtt-input', encoder: 'level' },
        cpu: { adapter: 'system', encoder: 'trend' },
      },
      version: '1.2.3',
    });
    expect(mesh.texts('mesh/kitchen/availability')).toEqual(['online']);
    expect(mesh.last('mesh/agent/host')).toEqual({
      state: 'online',
      session: 'session-1',
      nodes: ['kitchen'],
    });
    expect(mesh.heard).toHaveLength(3);
    for (const { qos, retained } of mesh.heard) expect({ qos, retained }).toEqual({ qos: 1, retained: true });
    expect(mesh.heard.some(({ topic }) => topic.includes('weights'))).toBe(false);
  });

  test('comes again at every connection, and the latest phases with it', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(agentOptions({ nodes: kitchen }));
    await mesh.send('mesh/kitchen/input/temperature', '21.5');
    mesh.forget();
    mesh.links[0]?.birth?.(undefined as never);
    await mesh.settle();
    expect(mesh.heard.map(({ topic }) => topic)).toEqual([
      'mesh/agent/host',
      'mesh/kitchen/info',
      'mesh/kitchen/availability',
      'mesh/kitchen/phase',
    ]);
  });

  test('uses the prefix of the mesh', async () => {
    await using mesh = await startAgentBench('house/mesh');
    await mesh.start(agentOptions({ nodes: kitchen }));
    await mesh.send('house/mesh/kitchen/input/temperature', '50');
    expect(mesh.last('house/mesh/kitchen/phase')).toMatchObject({ phase: { real: 0.5, imag: 0 } });
    expect(mesh.heard.every(({ topic }) => topic.startsWith('house/mesh/'))).toBe(true);
  });
});

describe('a phase', () => {
  test('is published at the first reading, and held at every interval', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(agentOptions({ nodes: { kitchen: { interval: '0.5s', inputs: { temperature: {} } } } }));
    await mesh.advance(2);
    expect(mesh.texts('mesh/kitchen/phase')).toEqual([]);
    await mesh.send('mesh/kitchen/input/temperature', '21.5');
    const first = {
      node_id: 'kitchen',
      phase: { real: 0.215, imag: 0 },
      coherence: 0.215,
      session: 'session-1',
      encoder: 'level',
    };
    expect(mesh.texts('mesh/kitchen/phase').map((text) => JSON.parse(text))).toEqual([
      { ...first, timestamp: '2027-01-15T08:00:02.000Z', sequence: 0 },
    ]);
    await mesh.advance(1.2);
    expect(mesh.texts('mesh/kitchen/phase').map((text) => JSON.parse(text))).toEqual([
      { ...first, timestamp: '2027-01-15T08:00:02.000Z', sequence: 0 },
      { ...first, timestamp: '2027-01-15T08:00:02.500Z', sequence: 1 },
      { ...first, timestamp: '2027-01-15T08:00:03.000Z', sequence: 2 },
    ]);
    const [message] = mesh.heard.filter(({ topic }) => topic === 'mesh/kitchen/phase');
    expect(message).toMatchObject({ qos: 0, retained: false });
    expect(TOPIC_TABLE.phase.payload.safeParse(JSON.parse(message?.text ?? '')).success).toBe(true);
  });

  test('moves by the time between arrivals, whatever is done to the wall clock', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(agentOptions({ nodes: { kitchen: { tau_base: 2, inputs: { brightness: {} } } } }));
    await mesh.send('mesh/kitchen/input/brightness', '0');
    mesh.clock.setNow(1_000_000_000);
    await mesh.advance(0.75);
    mesh.clock.setNow(1_900_000_000);
    await mesh.send('mesh/kitchen/input/brightness', '1');
    await mesh.advance(1);
    expect(mesh.last('mesh/kitchen/phase').phase.real).toBeCloseTo(1 - Math.exp(-0.75 / 2), 9);
  });

  test('moves by the time between timestamps where there are any', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(agentOptions({ nodes: { kitchen: { tau_base: 2, inputs: { brightness: {} } } } }));
    const timestamp = '2026-02-19T23:00:00.123456789Z';
    await mesh.send('mesh/kitchen/input/brightness', { value: 0, timestamp });
    await mesh.advance(100);
    const later = '2026-02-20T00:00:03.123456789+01:00';
    await mesh.send('mesh/kitchen/input/brightness', { value: 1, timestamp: later });
    await mesh.advance(1);
    expect(mesh.last('mesh/kitchen/phase').phase.real).toBeCloseTo(1 - Math.exp(-3 / 2), 9);
  });

  test('starts afresh when an input goes back by more than a second', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(agentOptions({ nodes: { kitchen: { inputs: { brightness: {} } } } }));
    await mesh.send('mesh/kitchen/input/brightness', { value: 1, timestamp: 5000 });
    await mesh.send('mesh/kitchen/input/brightness', { value: 0.25, timestamp: 4000 });
    await mesh.advance(1);
    expect(mesh.last('mesh/kitchen/phase').phase).toEqual({ real: 0.25, imag: 0 });
  });

  test('follows at the constant alpha where one is set', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(agentOptions({ nodes: { kitchen: { alpha: 0.25, inputs: { brightness: {} } } } }));
    await mesh.send('mesh/kitchen/input/brightness', { value: 0, timestamp: 1 });
    await mesh.send('mesh/kitchen/input/brightness', { value: 1, timestamp: 1000 });
    await mesh.advance(1);
    expect(mesh.last('mesh/kitchen/phase').phase).toEqual({ real: 0.25, imag: 0 });
  });

  test('is the weighted mean of several inputs', async () => {
    await using mesh = await startAgentBench();
    const inputs = { brightness: { weight: 3 }, humidity: {}, temperature: {} };
    await mesh.start(agentOptions({ nodes: { kitchen: { alpha: 1, inputs } } }));
    await mesh.send('mesh/kitchen/input/brightness', '1');
    await mesh.advance(1);
    await mesh.send('mesh/kitchen/input/humidity', '20');
    await mesh.advance(1);
    // temperature has said nothing yet, so it does not count
    expect(mesh.last('mesh/kitchen/phase').phase.real).toBeCloseTo((3 * 1 + 0.2) / 4, 12);
  });

  test('of several inputs moves by the time since any of them', async () => {
    await using mesh = await startAgentBench();
    const inputs = { brightness: {}, humidity: {} };
    await mesh.start(agentOptions({ nodes: { kitchen: { tau_base: 1, inputs } } }));
    await mesh.send('mesh/kitchen/input/brightness', { value: 0, timestamp: 10 });
    await mesh.send('mesh/kitchen/input/humidity', { value: 100, timestamp: 12 });
    const local = 0.5 * (1 - Math.exp(-2));
    await mesh.advance(1);
    expect(mesh.last('mesh/kitchen/phase').phase.real).toBeCloseTo(local, 9);
    // earlier than the other input's, which is no time at all
    await mesh.send('mesh/kitchen/input/brightness', { value: 1, timestamp: 11 });
    await mesh.advance(1);
    expect(mesh.last('mesh/kitchen/phase').phase.real).toBeCloseTo(local, 9);
  });
});

describe('the encoder', () => {
  test.each([
    ['temperature', {}, '50', 'level', { real: 0.5, imag: 0 }],
    ['wind', {}, '50', 'trend', { real: 0, imag: 0 }],
    ['wind', {}, '{"real": 0.5, "imag": 0.25}', 'pair', { real: 0.5, imag: 0.25 }],
    ['temperature', {}, '{"real": 3, "imag": 4}', 'pair', { real: 0.6, imag: 0.8 }],
    ['temperature', { encoder: { name: 'level', min: 10, max: 20 } }, '12', 'level', { real: 0.2, imag: 0 }],
    ['temperature', { encoder: 'level' }, '12', 'level', { real: 0.12, imag: 0 }],
    ['temperature', { encoder: 'trend' }, '12', 'trend', { real: 0, imag: 0 }],
    [
      'tokens',
      { encoder: { name: 'token', context: 10 } },
      '{"real": 5, "imag": 0}',
      'token',
      { real: 0.5, imag: 0 },
    ],
    ['beat', { encoder: 'pulse' }, '1', 'pulse', { real: 0, imag: 0 }],
    ['hum', { encoder: { name: 'rhythm', frequency: 50 } }, '1', 'rhythm', { real: 0, imag: 0 }],
  ])('of %s with %j that says %s is %s', async (channel, input, text, encoder, phase) => {
    await using mesh = await startAgentBench();
    await mesh.start(agentOptions({ nodes: { kitchen: { inputs: { [channel]: input } } } }));
    await mesh.send(`mesh/kitchen/input/${channel}`, text);
    expect(mesh.last('mesh/kitchen/phase')).toMatchObject({ encoder, phase });
    expect(mesh.last('mesh/kitchen/info').inputs[channel].encoder).toBe(encoder);
  });

  test('of several inputs is their common one, or tells whether all carry an angle', async () => {
    await using mesh = await startAgentBench();
    const nodes = {
      same: { inputs: { wind: {}, rain: {} } },
      angles: { inputs: { wind: {}, beat: { encoder: 'pulse' } } },
      mixed: { inputs: { wind: {}, temperature: {} } },
    };
    await mesh.start(agentOptions({ nodes }));
    for (const node of Object.keys(nodes)) await mesh.send(`mesh/${node}/input/wind`, '1');
    expect(Object.keys(nodes).map((node) => mesh.last(`mesh/${node}/phase`).encoder)).toEqual([
      'trend',
      'pair',
      'level',
    ]);
  });

  test('level of a channel without a range is refused before anything is published', async () => {
    await using mesh = await startAgentBench();
    const nodes = { kitchen: { inputs: { wind: { encoder: 'level' } } } };
    await expect(mesh.start(agentOptions({ nodes }))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(
        'nodes.kitchen.inputs.wind.encoder: found level without min and max, expected both',
      ),
    });
    expect(mesh.links).toEqual([]);
  });
});

describe('a rejected reading', () => {
  const inputs = {
    temperature: {},
    rain: { encoder: 'trend' },
    wind: { encoder: 'pair' },
    cpu: { adapter: 'system', signal: 'cpu' },
  };

  test.each([
    ['temperature', 'banana', 'found "banana", expected a number'],
    ['temperature', 'NaN', 'found "NaN", expected a number'],
    ['temperature', '{"value": "21"}', 'value: found "21", expected a finite number'],
    [
      'temperature',
      '{"value": 1, "timestamp": "noon"}',
      'timestamp: found "noon", expected an ISO 8601 date',
    ],
    ['temperature', '{"real": 1, "imag": 0}', 'expected a number, because the input is encoded as level'],
    ['temperature', '{"value": 7, "timestamp": 999.5}', 'its time is not later than the last reading'],
    ['temperature', ' '.repeat(9000), 'found 9000 bytes, expected at most 8192'],
    ['wind', '7', 'found 7, expected {"real": number, "imag": number}, because the input is encoded as pair'],
    ['wind', '{"real": 7}', 'imag: found nothing, expected a finite number'],
    ['rain', '{"real": 1, "imag": 0}', 'expected a number, because the input is encoded as trend'],
    ['salt', '7', 'found the channel "salt", expected one of temperature, rain, wind, cpu'],
    ['cpu', '7', 'found a message, expected none, because the adapter system feeds this input'],
  ])('on %s is told why: %#', async (channel, text, reason) => {
    await using mesh = await startAgentBench();
    await mesh.start(agentOptions({ nodes: { kitchen: { inputs } } }));
    await mesh.send('mesh/kitchen/input/temperature', { value: 50, timestamp: 1000 });
    await mesh.send(`mesh/kitchen/input/${channel}`, text);
    expect(mesh.texts('mesh/kitchen/error')).toHaveLength(1);
    expect(mesh.last('mesh/kitchen/error')).toEqual({ ...REJECTION, topic: `mesh/kitchen/input/${channel}` });
    expect(mesh.last('mesh/kitchen/error').reason).toContain(reason);
    await mesh.advance(1);
    expect(mesh.last('mesh/kitchen/phase').phase).toEqual({ real: 0.5, imag: 0 });
  });

  test('is told at most once a second a node', async () => {
    await using mesh = await startAgentBench();
    const nodes = { kitchen: { inputs }, cellar: { inputs } };
    await mesh.start(agentOptions({ nodes }));
    for (const node of ['kitchen', 'kitchen', 'cellar'])
      await mesh.send(`mesh/${node}/input/temperature`, 'x');
    await mesh.advance(0.9);
    await mesh.send('mesh/kitchen/input/temperature', 'y');
    expect(mesh.texts('mesh/kitchen/error')).toHaveLength(1);
    expect(mesh.texts('mesh/cellar/error')).toHaveLength(1);
    await mesh.advance(0.1);
    await mesh.send('mesh/kitchen/input/temperature', 'z');
    expect(mesh.texts('mesh/kitchen/error')).toHaveLength(2);
  });

  test('leaves the clock of the phase alone', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(agentOptions({ nodes: { kitchen: { tau_base: 1, inputs: { brightness: {} } } } }));
    await mesh.send('mesh/kitchen/input/brightness', '0');
    await mesh.advance(1);
    await mesh.send('mesh/kitchen/input/brightness', 'broken');
    await mesh.advance(1);
    await mesh.send('mesh/kitchen/input/brightness', '1');
    await mesh.advance(1);
    expect(mesh.last('mesh/kitchen/phase').phase.real).toBeCloseTo(1 - Math.exp(-2), 9);
  });
});

test('a reading that the broker had kept is old', async () => {
  await using mesh = await startAgentBench();
  await mesh.send('mesh/kitchen/input/temperature', '21.5', { retain: true });
  await mesh.start(agentOptions({ nodes: kitchen }));
  await mesh.advance(2);
  expect(mesh.texts('mesh/kitchen/phase')).toEqual([]);
  expect(mesh.texts('mesh/kitchen/error')).toEqual([]);
});

test('a node that is not served is left alone', async () => {
  await using mesh = await startAgentBench();
  await mesh.start(agentOptions({ nodes: kitchen }));
  mesh.forget();
  await mesh.send('mesh/cellar/input/temperature', '21.5');
  await mesh.advance(5);
  expect(mesh.heard.map(({ topic }) => topic)).toEqual(['mesh/cellar/input/temperature']);
});

describe('a stop', () => {
  test('leaves word that agent and nodes are gone, and the nodes described', async () => {
    await using mesh = await startAgentBench();
    const agent = await mesh.start(agentOptions({ nodes: kitchen }));
    await mesh.send('mesh/kitchen/input/temperature', '21.5');
    mesh.forget();
    await agent.close();
    await mesh.settle();
    expect(mesh.heard.map(({ topic, text }) => [topic, text])).toEqual([
      ['mesh/kitchen/availability', 'offline'],
      ['mesh/kitchen/status', ''],
      ['mesh/agent/host', JSON.stringify({ state: 'offline', session: 'session-1', nodes: [] })],
    ]);
    expect(await mesh.kept('mesh/kitchen/info')).toContain('"via":"host"');
    await mesh.send('mesh/kitchen/input/temperature', '30');
    await mesh.advance(10);
    expect(mesh.texts('mesh/kitchen/phase')).toEqual([]);
    expect(mesh.timers()).toBe(0);
    expect(await agent.closed).toBeUndefined();
  });

  test('may be asked for twice', async () => {
    await using mesh = await startAgentBench();
    const agent = await mesh.start(agentOptions({ nodes: kitchen }));
    await Promise.all([agent.close(), agent.close()]);
    await mesh.settle();
    expect(mesh.texts('mesh/kitchen/availability')).toEqual(['online', 'offline']);
  });

  test('of the broker is told by the will and ends the agent', async () => {
    await using mesh = await startAgentBench();
    const agent = await mesh.start(agentOptions({ nodes: kitchen }));
    const will = mesh.next('mesh/agent/host');
    await mesh.broker.close();
    expect(JSON.parse(await will)).toEqual({ state: 'offline', session: 'session-1', nodes: [] });
    expect(await agent.closed).toMatchObject({ code: 'LINK_AWAY' });
  });
});
