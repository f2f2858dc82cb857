import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { defineInput, type InputContext } from '../../contract/adapters.js';
import { TOPIC_TABLE } from '../../contract/topic-table.js';
import { agentOptions, startAgentBench } from './agent-bench.js';

/** Sensors whose sources a test can break: the contexts of all that run, by their option `name`. */
function gauges() {
  const contexts: Record<string, InputContext & { die(reason: string): void }> = {};
  const gauge = defineInput({
    name: 'gauge',
    options: z.strictObject({ name: z.string() }),
    encoder: () => ({ name: 'level', min: 0, max: 1 }),
    create: ({ name }, context) => ({
      run: (signal) =>
        new Promise((resolve, reject) => {
          contexts[name] = { ...context, die: (reason) => reject(new Error(reason)) };
          signal.addEventListener('abort', () => resolve());
        }),
    }),
  });
  const inputs = (...names: string[]) =>
    Object.fromEntries(names.map((name, index) => [name, { adapter: 'gauge', name, weight: 3 ** index }]));
  const options = (...names: string[]) =>
    agentOptions({ nodes: { kitchen: { alpha: 1, inputs: inputs(...names) } } }, { inputs: [gauge] });
  return { contexts, options };
}

const PHASE = 'mesh/kitchen/phase';
const AVAILABILITY = 'mesh/kitchen/availability';

describe('a node of one input', () => {
  test.each(['lose', 'die'] as const)('goes offline when that has no source (%s)', async (end) => {
    await using mesh = await startAgentBench();
    const { contexts, options } = gauges();
    await mesh.start(options('a'));
    contexts.a?.emit({ value: 0.5 });
    await mesh.advance(1);
    expect(mesh.texts(PHASE)).not.toEqual([]);
    mesh.forget();
    contexts.a?.[end]('the cable is out');
    await mesh.settle();
    await mesh.advance(3);
    expect(mesh.texts(AVAILABILITY)).toEqual(['offline']);
    expect(mesh.texts(PHASE)).toEqual([]);
    expect(mesh.last('mesh/kitchen/info').inputs.a).toMatchObject({
      state: 'degraded',
      reason: 'the cable is out',
    });
    expect(mesh.last('mesh/kitchen/status')).toMatchObject({
      live: false,
      inputs: { a: { state: 'degraded', reason: 'the cable is out', z: null, readings: 1, errors: 1 } },
    });
  });

  test('is back with the next reading, at once', async () => {
    await using mesh = await startAgentBench();
    const { contexts, options } = gauges();
    await mesh.start(options('a'));
    contexts.a?.lose('the cable is out');
    await mesh.advance(2);
    mesh.forget();
    contexts.a?.emit({ value: 0.25 });
    await mesh.settle();
    expect(mesh.texts(AVAILABILITY)).toEqual(['online']);
    expect(mesh.last(PHASE).phase.real).toBe(0.25);
    await mesh.advance(1);
    expect(mesh.last('mesh/kitchen/info').inputs.a).toEqual({ adapter: 'gauge', encoder: 'level' });
  });

  test('stays where it was when a reading is refused, and says why', async () => {
    await using mesh = await startAgentBench();
    const { contexts, options } = gauges();
    await mesh.start(options('a'));
    contexts.a?.emit({ value: 0.5 });
    contexts.a?.reject('found a loose cable, expected a firm one');
    await mesh.advance(2);
    expect(mesh.last(PHASE).phase.real).toBe(0.5);
    expect(mesh.texts(AVAILABILITY)).toEqual(['online']);
    expect(mesh.last('mesh/kitchen/status').inputs.a).toMatchObject({
      state: 'degraded',
      reason: 'found a loose cable, expected a firm one',
      z: { real: 0.5, imag: 0 },
    });
  });

  test('that has no source when the link comes back is born offline', async () => {
    await using mesh = await startAgentBench();
    const { contexts, options } = gauges();
    await mesh.start(options('a'));
    contexts.a?.emit({ value: 0.5 });
    contexts.a?.lose('the cable is out');
    await mesh.settle();
    mesh.forget();
    mesh.links[0]?.birth?.(undefined as never);
    await mesh.settle();
    expect(mesh.texts(AVAILABILITY)).toEqual(['offline']);
    expect(mesh.texts(PHASE)).toEqual([]);
  });

  test('is said to have lost its source once, and to work again once', async () => {
    await using mesh = await startAgentBench();
    const { contexts, options } = gauges();
    await mesh.start(options('a'));
    for (let time = 0; time < 5; time += 1) contexts.a?.lose('the cable is out');
    contexts.a?.emit({ value: 0.5 });
    contexts.a?.emit({ value: 0.5 });
    expect(mesh.lines.filter(({ fields }) => 'input' in fields)).toEqual([
      {
        level: 'warn',
        message: 'input has nothing to read',
        fields: { node: 'kitchen', input: 'a', code: 'INPUT_FAILED', reason: 'the cable is out' },
      },
      { level: 'info', message: 'input works again', fields: { node: 'kitchen', input: 'a' } },
    ]);
  });
});

describe('a node of several inputs', () => {
  test('is the mean of those that have a source, by their weights', async () => {
    await using mesh = await startAgentBench();
    const { contexts, options } = gauges();
    await mesh.start(options('a', 'b'));
    contexts.a?.emit({ value: 1 });
    contexts.b?.emit({ value: 0 });
    await mesh.advance(1);
    expect(mesh.last(PHASE).phase.real).toBeCloseTo(1 / 4, 12);
    contexts.b?.lose('the cable is out');
    contexts.a?.emit({ value: 1 });
    await mesh.advance(1);
    expect(mesh.last(PHASE).phase.real).toBe(1);
    expect(mesh.texts(AVAILABILITY)).toEqual(['online']);
    contexts.b?.emit({ value: 0 });
    await mesh.advance(1);
    expect(mesh.last(PHASE).phase.real).toBeCloseTo(1 / 4, 12);
  });

  test('goes when the last of them goes, and comes with the first', async () => {
    await using mesh = await startAgentBench();
    const { contexts, options } = gauges();
    await mesh.start(options('a', 'b'));
    contexts.a?.lose('the cable is out');
    await mesh.settle();
    expect(mesh.texts(AVAILABILITY)).toEqual(['online']);
    contexts.b?.lose('the cable is out');
    await mesh.settle();
    expect(mesh.texts(AVAILABILITY)).toEqual(['online', 'offline']);
    contexts.a?.emit({ value: 1 });
    await mesh.settle();
    expect(mesh.texts(AVAILABILITY)).toEqual(['online', 'offline', 'online']);
  });
});

describe('the status', () => {
  test('is told every ten seconds: rate, readings, errors and the latest reading of each input', async () => {
    await using mesh = await startAgentBench();
    const { contexts, options } = gauges();
    await mesh.start(options('a', 'b'));
    for (let step = 0; step < 20; step += 1) {
      contexts.a?.emit({ value: step / 20 });
      await mesh.advance(0.5);
    }
    const status = TOPIC_TABLE.status.payload.parse(mesh.last('mesh/kitchen/status'));
    expect(status).toMatchObject({ live: true, session: 'session-1', timestamp: '2027-01-15T08:00:10.000Z' });
    expect(status.inputs.a).toEqual({
      adapter: 'gauge',
      encoder: 'level',
      state: 'ok',
      z: { real: 0.95, imag: 0 },
      weight: 1,
      rate: expect.closeTo(2, 6),
      readings: 20,
      errors: 0,
      last: { value: 0.95, timestamp: '2027-01-15T08:00:09.500Z' },
    });
    expect(status.inputs.b).toMatchObject({ state: 'starting', z: null, weight: 3, rate: 0, readings: 0 });
    const [message] = mesh.heard.filter(({ topic }) => topic === 'mesh/kitchen/status');
    expect(message).toMatchObject({ qos: 0, retained: true });
  });

  test('tells an input that goes to and fro at most once a second, and its info with it', async () => {
    await using mesh = await startAgentBench();
    const { contexts, options } = gauges();
    await mesh.start(options('a'));
    mesh.forget();
    for (let step = 0; step < 100; step += 1) {
      contexts.a?.emit({ value: 0.5 });
      contexts.a?.reject('found a loose cable, expected a firm one');
      await mesh.advance(0.05);
    }
    expect(mesh.texts('mesh/kitchen/status').length).toBeLessThanOrEqual(5);
    expect(mesh.texts('mesh/kitchen/info').length).toBeLessThanOrEqual(5);
  });

  test('is taken back at a stop', async () => {
    await using mesh = await startAgentBench();
    const { options } = gauges();
    const agent = await mesh.start(options('a'));
    await mesh.advance(10);
    expect(await mesh.kept('mesh/kitchen/status')).toBeDefined();
    await agent.close();
    expect(await mesh.kept('mesh/kitchen/status')).toBeUndefined();
  });
});
