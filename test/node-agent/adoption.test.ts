import { describe, expect, test } from '@jest/globals';
import { topicInput } from '../../adapters/input/mqtt-input.js';
import { type AgentBench, agentOptions, startAgentBench } from './agent-bench.js';

const INPUT = 'mesh/kitchen/input/temperature';
const PHASE = 'mesh/kitchen/phase';
const INFO = 'mesh/kitchen/info';
const AVAILABILITY = 'mesh/kitchen/availability';
const ERROR = 'mesh/kitchen/error';

const adopting = (settings: object = {}, nodes: object = {}) =>
  agentOptions({ nodes, adopt: { enabled: true, ...settings } });
const phase = { phase: { real: 0.5, imag: 0 } };

/** A mesh whose agent has adopted the kitchen. */
async function meshWithKitchen(settings: object = {}): Promise<AgentBench> {
  const mesh = await startAgentBench();
  await mesh.start(adopting(settings));
  await mesh.send(INPUT, '21.5');
  await mesh.advance(1.1);
  expect(mesh.last(PHASE)).toMatchObject({ phase: { real: 0.215 } });
  mesh.forget();
  return mesh;
}

/** Delivers to the agents what the broker had kept, as at a reconnection. */
function deliverKept(mesh: AgentBench, topic: string, text: string): void {
  const matching = [...mesh.subscriptions].filter(({ filter }) => filter === 'mesh/+/info');
  for (const { handler } of matching) handler({ topic, payload: Buffer.from(text), retained: true });
}

describe('a node that nobody serves', () => {
  test('is adopted a second after its first reading', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(adopting());
    mesh.forget();
    await mesh.send(INPUT, '21.5');
    await mesh.advance(0.9);
    expect(mesh.heard.map(({ topic }) => topic)).toEqual([INPUT]);
    await mesh.advance(0.1);
    expect(mesh.last(INFO)).toEqual({
      schema: 1,
      session: 'session-1',
      via: 'host',
      adopted: true,
      hardware: 'pi-4',
      tau_base: 1,
      tau_max: 60,
      interval: 1,
      capabilities: ['phase', 'set'],
      inputs: { temperature: { adapter: 'mqtt-input', encoder: 'level' } },
      version: '1.2.3',
    });
    expect(mesh.texts(AVAILABILITY)).toEqual(['online']);
    expect(mesh.last(PHASE)).toMatchObject({ phase: { real: 0.215, imag: 0 }, sequence: 0 });
    await mesh.advance(0.1);
    expect(mesh.last('mesh/agent/host')).toEqual({
      state: 'online',
      session: 'session-1',
      nodes: ['kitchen'],
    });
    await mesh.advance(1);
    expect(mesh.texts(PHASE)).toHaveLength(2);
  });

  test('loses no reading of that second', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(adopting());
    await mesh.send('mesh/kitchen/input/brightness', { value: 0, timestamp: 10 });
    await mesh.send('mesh/kitchen/input/brightness', { value: 1, timestamp: 11 });
    await mesh.advance(1);
    expect(mesh.last(PHASE).phase.real).toBeCloseTo(1 - Math.exp(-1), 9);
  });

  test('takes more channels later, and says so', async () => {
    await using mesh = await meshWithKitchen();
    await mesh.send('mesh/kitchen/input/wind', '{"real": 0, "imag": 1}');
    expect(mesh.last(INFO).inputs).toEqual({
      temperature: { adapter: 'mqtt-input', encoder: 'level' },
      wind: { adapter: 'mqtt-input', encoder: 'pair' },
    });
  });

  test('runs as the configuration says where that names it', async () => {
    await using mesh = await startAgentBench();
    const kitchen = { kitchen: { hardware: 'pi-zero', zone: 'downstairs' } };
    await mesh.start(adopting({}, kitchen));
    await mesh.send(INPUT, '21.5');
    await mesh.advance(1);
    expect(mesh.last(INFO)).toMatchObject({ hardware: 'pi-zero', tau_base: 0.01, zone: 'downstairs' });
  });

  test('is not adopted for what is no reading, and is told why', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(adopting());
    await mesh.send(INPUT, 'banana');
    await mesh.advance(5);
    expect(mesh.last(ERROR)).toMatchObject({
      topic: INPUT,
      reason: expect.stringContaining('found "banana"'),
    });
    expect(mesh.texts(PHASE)).toEqual([]);
  });

  test('is not adopted for a reading that the broker had kept', async () => {
    await using mesh = await startAgentBench();
    await mesh.send(INPUT, '21.5', { retain: true });
    await mesh.start(adopting());
    await mesh.advance(5);
    expect(mesh.texts(PHASE)).toEqual([]);
  });

  test.each([
    'mesh/global/input/x',
    'mesh/agent/input/x',
    'mesh/a b/input/x',
    `mesh/${'n'.repeat(65)}/input/x`,
    'mesh/kitchen/input/a b',
  ])('is not adopted by the name in %s', async (topic) => {
    await using mesh = await startAgentBench();
    await mesh.start(adopting());
    mesh.forget();
    await mesh.send(topic, '1');
    await mesh.advance(5);
    expect(mesh.heard.map((message) => message.topic)).toEqual([topic]);
    expect(mesh.lines).toContainEqual({
      level: 'debug',
      message: 'rejected',
      fields: {
        topic,
        reason: expect.stringMatching(/^found the .*, expected a /),
        rejected: 1,
      },
    });
  });
});

describe('a node that somebody serves', () => {
  const own = { schema: 1, session: 'other', via: 'elsewhere' };

  test('is left to whoever has announced it', async () => {
    await using mesh = await startAgentBench();
    await mesh.send(INFO, own, { retain: true });
    await mesh.start(adopting());
    mesh.forget();
    await mesh.send(INPUT, '21.5');
    await mesh.send(INPUT, 'banana');
    await mesh.advance(5);
    expect(mesh.heard.map(({ topic }) => topic)).toEqual([INPUT, INPUT]);
  });

  test('is left to whoever announces it within the second', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(adopting());
    await mesh.send(INPUT, '21.5');
    await mesh.advance(0.5);
    await mesh.send(INFO, own);
    await mesh.advance(5);
    expect(mesh.texts(PHASE)).toEqual([]);
  });

  test.each([
    ['is offline', { [AVAILABILITY]: 'offline' }, true],
    ['is online', { [AVAILABILITY]: 'online' }, false],
    [
      'has an agent that is online',
      { 'mesh/agent/elsewhere': { state: 'online', session: 'other', nodes: [] } },
      false,
    ],
    [
      'has an agent that is gone',
      { 'mesh/agent/elsewhere': { state: 'offline', session: 'other', nodes: [] } },
      true,
    ],
    [
      'has an agent whose old will came late',
      { 'mesh/agent/elsewhere': { state: 'offline', session: 'older', nodes: [] } },
      false,
    ],
    [
      'has an agent that started again without it',
      { 'mesh/agent/elsewhere': { state: 'online', session: 'newer', nodes: ['x'] } },
      true,
    ],
    [
      'has an agent that started again with it',
      { 'mesh/agent/elsewhere': { state: 'online', session: 'newer', nodes: ['kitchen'] } },
      false,
    ],
    ['has taken its info back', { [INFO]: '' }, true],
  ])('and which %s: adopted %#', async (_, more, adopted) => {
    await using mesh = await startAgentBench();
    await mesh.send(INFO, own, { retain: true });
    for (const [topic, payload] of Object.entries(more)) await mesh.send(topic, payload, { retain: true });
    await mesh.start(adopting());
    await mesh.send(INPUT, '21.5');
    await mesh.advance(1);
    expect(mesh.texts(PHASE)).toHaveLength(adopted ? 1 : 0);
  });

  test('is left to whoever was away and is back', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(adopting());
    await mesh.send(INFO, own);
    await mesh.send(AVAILABILITY, 'offline');
    await mesh.send(AVAILABILITY, 'online');
    await mesh.send(INPUT, '21.5');
    await mesh.advance(1);
    expect(mesh.texts(PHASE)).toEqual([]);
  });

  test('is adopted when it takes its info back', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(adopting());
    await mesh.send(INFO, own);
    await mesh.send(INFO, '');
    await mesh.send(INPUT, '21.5');
    await mesh.advance(1);
    expect(mesh.texts(PHASE)).toHaveLength(1);
  });

  test('is adopted when all that speaks for it is an earlier session of this agent', async () => {
    await using mesh = await startAgentBench();
    await mesh.send(INFO, { ...own, via: 'host' }, { retain: true });
    await mesh.start(adopting());
    await mesh.send(INPUT, '21.5');
    await mesh.advance(1);
    expect(mesh.texts(PHASE)).toHaveLength(1);
  });
});

describe('an adopted node', () => {
  test('is let go at once when its own server announces it', async () => {
    await using mesh = await meshWithKitchen();
    const info = { schema: 1, session: 'other', via: 'elsewhere' };
    await mesh.send(INFO, info, { retain: true });
    await mesh.send(INPUT, '50');
    await mesh.advance(5);
    expect(mesh.texts(PHASE)).toEqual([]);
    expect(mesh.texts(AVAILABILITY)).toEqual([]);
    expect(mesh.last('mesh/agent/host').nodes).toEqual([]);
    expect(await mesh.kept(INFO)).toBe(JSON.stringify(info));
  });

  test('is let go at once when it publishes its own phase, and described by nobody soon after', async () => {
    await using mesh = await meshWithKitchen();
    await mesh.send(PHASE, phase);
    expect(mesh.texts(INFO)).toEqual([]);
    await mesh.advance(1);
    expect(mesh.texts(INFO)).toEqual(['']);
    expect(await mesh.kept(INFO)).toBeUndefined();
    await mesh.advance(5);
    expect(mesh.texts(PHASE)).toEqual([JSON.stringify(phase)]);
    expect(mesh.texts(AVAILABILITY)).toEqual([]);
    expect(mesh.last('mesh/agent/host').nodes).toEqual([]);
  });

  test('keeps the info of its own server, even if a phase of that comes first', async () => {
    await using mesh = await meshWithKitchen();
    await mesh.send(PHASE, { ...phase, session: 'other' });
    const info = { schema: 1, session: 'other', via: 'elsewhere' };
    await mesh.send(INFO, info, { retain: true });
    await mesh.advance(5);
    expect(await mesh.kept(INFO)).toBe(JSON.stringify(info));
  });

  test('is not let go for a phase of another agent, whose info will tell', async () => {
    await using mesh = await meshWithKitchen();
    await mesh.send('mesh/agent/elsewhere', { state: 'online', session: 'other', nodes: [] });
    await mesh.send(PHASE, { ...phase, session: 'other' });
    mesh.forget();
    await mesh.advance(1);
    expect(mesh.last(PHASE)).toMatchObject({ session: 'session-1' });
  });

  test('that publishes its own phase is adopted again after a minute without one', async () => {
    await using mesh = await meshWithKitchen();
    await mesh.send(PHASE, phase);
    await mesh.advance(50);
    await mesh.send(PHASE, phase);
    await mesh.advance(59);
    await mesh.send(INPUT, '50');
    await mesh.advance(0.9);
    mesh.forget();
    await mesh.advance(0.2);
    await mesh.send(INPUT, '50');
    await mesh.advance(0.9);
    expect(mesh.texts(PHASE)).toEqual([]);
    await mesh.advance(0.2);
    expect(mesh.last(PHASE)).toMatchObject({ phase: { real: 0.5 }, session: 'session-1' });
  });

  test('is not adopted at all when it publishes its own phase within the second', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(adopting());
    await mesh.send(INPUT, '21.5');
    await mesh.send(PHASE, phase);
    mesh.forget();
    await mesh.advance(30);
    await mesh.send(INPUT, '21.5');
    await mesh.advance(5);
    expect(mesh.heard.map(({ topic }) => topic)).toEqual([INPUT]);
  });

  test.each([
    ['that the broker had kept', JSON.stringify(phase), true],
    ['that is none', '{"phase": 7}', false],
  ])('does not mind a phase %s', async (_, payload, retain) => {
    await using mesh = await startAgentBench();
    if (retain) await mesh.send(PHASE, payload, { retain });
    await mesh.start(adopting());
    await mesh.send(INPUT, '21.5');
    if (!retain) await mesh.send(PHASE, payload);
    await mesh.advance(1);
    expect(mesh.last(PHASE)).toMatchObject({ session: 'session-1' });
  });

  test('is told when it has too many channels', async () => {
    await using mesh = await meshWithKitchen();
    for (let channel = 1; channel <= 64; channel += 1) mesh.publish(`mesh/kitchen/input/c${channel}`, '1');
    await mesh.settle();
    expect(mesh.last(ERROR)).toMatchObject({
      topic: 'mesh/kitchen/input/c64',
      reason: 'found one more channel, expected at most 64 of an adopted node',
    });
    expect(Object.keys(mesh.last(INFO).inputs)).toHaveLength(64);
  });

  test('is forgotten when it is silent for long enough', async () => {
    await using mesh = await meshWithKitchen({ forget_after: '10m' });
    await mesh.advance(590);
    await mesh.send(INPUT, '21.5');
    await mesh.advance(599);
    expect(mesh.texts(AVAILABILITY)).toEqual([]);
    await mesh.advance(1);
    expect(mesh.texts(AVAILABILITY)).toEqual(['offline']);
    expect(await mesh.kept(INFO)).toBeUndefined();
    mesh.forget();
    await mesh.advance(5);
    expect(mesh.heard.map(({ topic }) => topic)).toEqual(['mesh/agent/host']);
    expect(mesh.last('mesh/agent/host').nodes).toEqual([]);
    await mesh.send(INPUT, '50');
    await mesh.advance(1);
    expect(mesh.last(PHASE)).toMatchObject({ phase: { real: 0.5 } });
  });

  test('is announced again at every connection', async () => {
    await using mesh = await meshWithKitchen();
    mesh.links[0]?.birth?.(undefined as never);
    await mesh.settle();
    expect(mesh.heard.map(({ topic }) => topic)).toEqual(['mesh/agent/host', INFO, AVAILABILITY, PHASE]);
  });

  test('that was served by another all the while is given back with its info', async () => {
    await using mesh = await meshWithKitchen();
    // What the broker had kept comes to an agent that reconnects, while its birth writes over it.
    const info = JSON.stringify({ schema: 1, session: 'other' });
    deliverKept(mesh, INFO, info);
    await mesh.settle();
    expect(await mesh.kept(INFO)).toBe(info);
    await mesh.advance(5);
    expect(mesh.texts(PHASE)).toEqual([]);
  });

  test('is kept when what the broker had kept of another is old', async () => {
    await using mesh = await meshWithKitchen();
    await mesh.send('mesh/agent/elsewhere', { state: 'offline', session: 'other', nodes: [] });
    deliverKept(mesh, INFO, JSON.stringify({ schema: 1, session: 'other', via: 'elsewhere' }));
    await mesh.advance(1);
    expect(mesh.last(PHASE)).toMatchObject({ session: 'session-1' });
  });

  test('leaves nothing running when it is let go', async () => {
    const runs: AbortSignal[] = [];
    const create: typeof topicInput.create = (options, context) => {
      const input = topicInput.create(options, context);
      return {
        run(signal) {
          runs.push(signal);
          return input.run(signal);
        },
      };
    };
    await using mesh = await startAgentBench();
    await mesh.start({ ...adopting(), inputs: [{ ...topicInput, create }] });
    const idle = { timers: mesh.timers(), subscriptions: mesh.subscriptions.size };
    await mesh.send(INPUT, '21.5');
    await mesh.advance(2);
    expect(mesh.subscriptions.size).toBe(idle.subscriptions + 1);
    await mesh.send(INFO, { schema: 1, session: 'other' });
    await mesh.advance(1);
    expect({ timers: mesh.timers(), subscriptions: mesh.subscriptions.size }).toEqual(idle);
    expect(runs.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test('that was left to itself leaves nothing running when it is silent', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(adopting());
    const idle = { timers: mesh.timers(), subscriptions: mesh.subscriptions.size };
    await mesh.send(INPUT, '21.5');
    await mesh.advance(2);
    await mesh.send(PHASE, phase);
    await mesh.advance(61);
    expect({ timers: mesh.timers(), subscriptions: mesh.subscriptions.size }).toEqual(idle);
  });

  test('goes with its agent, which leaves nothing running', async () => {
    await using mesh = await startAgentBench();
    const agent = await mesh.start(adopting());
    await mesh.send(INPUT, '21.5');
    await mesh.send('mesh/porch/input/temperature', '21.5');
    await mesh.advance(1);
    await mesh.send('mesh/porch/phase', phase);
    await mesh.send('mesh/cellar/input/temperature', '21.5');
    mesh.forget();
    await agent.close();
    await mesh.settle();
    expect(mesh.heard.map(({ topic, text }) => [topic, text])).toEqual([
      [AVAILABILITY, 'offline'],
      ['mesh/kitchen/status', ''],
      [INFO, ''],
      ['mesh/agent/host', JSON.stringify({ state: 'offline', session: 'session-1', nodes: [] })],
    ]);
    expect(mesh.timers()).toBe(0);
  });
});

test('many nodes are adopted with one word of their agent', async () => {
  await using mesh = await startAgentBench();
  await mesh.start(adopting());
  mesh.forget();
  for (let node = 0; node < 20; node += 1) await mesh.send(`mesh/n${node}/input/temperature`, '21.5');
  await mesh.advance(2);
  expect(mesh.texts('mesh/agent/host')).toHaveLength(1);
  expect(mesh.last('mesh/agent/host').nodes).toHaveLength(20);
});

describe('more nodes than may be adopted', () => {
  test('are told so, at most once a second', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(adopting({ max_nodes: 2 }));
    for (const node of ['a', 'b', 'kitchen', 'kitchen'])
      await mesh.send(`mesh/${node}/input/temperature`, '21.5');
    await mesh.advance(1);
    expect(mesh.texts(ERROR).map((text) => JSON.parse(text))).toEqual([
      {
        topic: INPUT,
        reason: 'found kitchen beside 2 adopted nodes, expected at most adopt.max_nodes (2)',
        timestamp: '2027-01-15T08:00:00.000Z',
      },
    ]);
    await mesh.advance(5);
    expect(mesh.texts(PHASE)).toEqual([]);
    expect(mesh.texts('mesh/b/phase')).not.toEqual([]);
  });

  test('find room when one is let go', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(adopting({ max_nodes: 1 }));
    await mesh.send('mesh/a/input/temperature', '21.5');
    await mesh.send('mesh/a/phase', phase);
    await mesh.send(INPUT, '21.5');
    await mesh.advance(1);
    expect(mesh.texts(PHASE)).toHaveLength(1);
  });
});

describe('of two adopters', () => {
  test.each([
    ['first', 'second'],
    ['second', 'first'],
  ])('the smaller session stays, whoever speaks first (%s)', async (one, other) => {
    await using mesh = await startAgentBench();
    await mesh.start({ ...adopting(), agent: one }, { session: one });
    await mesh.start({ ...adopting(), agent: other }, { session: other });
    await mesh.send(INPUT, '21.5');
    mesh.hold();
    await mesh.advance(1);
    expect(mesh.texts(INFO).map((text) => JSON.parse(text).session)).toEqual([one, other]);
    await mesh.release();
    expect(JSON.parse((await mesh.kept(INFO)) ?? '')).toMatchObject({ session: 'first', via: 'first' });
    expect(await mesh.kept(AVAILABILITY)).toBe('online');
    mesh.forget();
    await mesh.send(INPUT, '50');
    await mesh.advance(5);
    const sessions = mesh.texts(PHASE).map((text) => JSON.parse(text).session);
    expect(new Set(sessions)).toEqual(new Set(['first']));
    expect(mesh.texts(INFO)).toEqual([]);
    expect(mesh.last('mesh/agent/first').nodes).toEqual(['kitchen']);
    expect(mesh.last('mesh/agent/second').nodes).toEqual([]);
  });

  test('the one that comes later leaves it to the other', async () => {
    await using mesh = await startAgentBench();
    await mesh.start({ ...adopting(), agent: 'second' }, { session: 'second' });
    await mesh.send(INPUT, '21.5');
    await mesh.advance(0.5);
    await mesh.start({ ...adopting(), agent: 'first' }, { session: 'first' });
    await mesh.send(INPUT, '21.5');
    await mesh.advance(5);
    const sessions = mesh.texts(PHASE).map((text) => JSON.parse(text).session);
    expect(new Set(sessions)).toEqual(new Set(['second']));
  });

  test('one takes over when the other stops', async () => {
    await using mesh = await startAgentBench();
    const first = await mesh.start({ ...adopting(), agent: 'first' }, { session: 'first' });
    await mesh.start({ ...adopting(), agent: 'second' }, { session: 'second' });
    await mesh.send(INPUT, '21.5');
    await mesh.advance(2);
    await first.close();
    await mesh.settle();
    mesh.forget();
    await mesh.send(INPUT, '50');
    await mesh.advance(1);
    expect(mesh.last(PHASE)).toMatchObject({ session: 'second', phase: { real: 0.5 } });
  });

  test('a node of the configuration is never given up', async () => {
    await using mesh = await startAgentBench();
    await mesh.start({ ...adopting(), agent: 'first' }, { session: 'first' });
    await mesh.send(INPUT, '21.5');
    await mesh.advance(1);
    const kitchen = { kitchen: { inputs: { temperature: {} } } };
    await mesh.start({ ...adopting({}, kitchen), agent: 'second' }, { session: 'second' });
    mesh.forget();
    await mesh.send(INPUT, '50');
    await mesh.advance(5);
    const sessions = mesh.texts(PHASE).map((text) => JSON.parse(text).session);
    expect(new Set(sessions)).toEqual(new Set(['second']));
    expect(JSON.parse((await mesh.kept(INFO)) ?? '')).toMatchObject({ session: 'second' });
  });
});

test('adoption without the input of topics is refused', async () => {
  await using mesh = await startAgentBench();
  await expect(mesh.start({ ...adopting(), inputs: [] })).rejects.toThrow(
    'adoption needs the input mqtt-input',
  );
});
