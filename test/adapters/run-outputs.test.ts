import { describe, expect, test } from '@jest/globals';
import type { MqttClient } from 'mqtt';
import { z } from 'zod';
import { inputDefinitions } from '../../adapters/input/registry.js';
import { startOutputs } from '../../adapters/run-outputs.js';
import { defineOutput, type OutputDefinition } from '../../contract/adapters.js';
import { systemClock } from '../../contract/clock.js';
import { createConfigSchema } from '../../contract/config/schema.js';
import type { OpenLink } from '../../contract/link.js';
import { silentLog } from '../../contract/log.js';
import type { EventMessage } from '../../contract/payloads/event.js';
import { type OutputStatus, outputStatusSchema } from '../../contract/payloads/output.js';
import { createTopics } from '../../contract/topics.js';
import { mqttLinks } from '../../link/mqtt-links.js';
import { temporaryFolder } from '../support/cli.js';
import { createManualClock, type ManualClock } from '../support/manual-clock.js';
import { startMosquitto } from '../support/mosquitto.js';
import { recordLog } from '../support/recorded-log.js';
import { connectClient, startTestBroker } from '../support/test-broker.js';
import { until } from '../support/until.js';
import { aState, createTestTerminal, settled, shown } from './samples.js';

const kept = { retain: true, qos: 1 } as const;
const status = (state: 'online' | 'offline'): string => JSON.stringify({ state, session: 'k3f9' });
const state = (sequence: number): string => JSON.stringify(aState({ sequence }));
const sums = {
  nodes: 2,
  weight: 2,
  coherence: 1.6,
  phase: { real: 1.5, imag: 0.5 },
  angle: { nodes: 2, weight: 2, weight_squared: 2, direction: { real: 1.9, imag: 0.6 } },
};
const joined: EventMessage = {
  type: 'node_joined',
  node: 'kitchen',
  timestamp: 1_800_000_000,
  session: 'k3f9',
};

/** An output that writes down what it is told. */
function recorder(calls: string[], name = 'recorder', write?: () => Promise<void>): OutputDefinition {
  return defineOutput({
    name,
    options: z.strictObject({ label: z.string().default(name) }),
    create: ({ label }) => ({
      write(one) {
        calls.push(`${label}: state ${one.sequence}`);
        return write?.();
      },
      event: (one) => void calls.push(`${label}: ${one.type}`),
      quiet: (reason) => void calls.push(`${label}: quiet, ${reason}`),
      close: () => void calls.push(`${label}: closed`),
    }),
  }) as OutputDefinition;
}

/** Outputs that run, a client of the same broker, and what the outputs were told. */
async function startBench(
  openLink: OpenLink,
  outputs: object,
  more: readonly OutputDefinition[] = [],
  dataFolder = '/no/such/folder',
) {
  const calls: string[] = [];
  const clock = createManualClock();
  const log = recordLog();
  const context = { topics: createTopics(), openLink, clock, log, session: 'ab12', version: '0.0.0' };
  const definitions = [recorder(calls), ...more];
  const configured = (section: object) =>
    createConfigSchema(inputDefinitions, definitions).parse({ outputs: section }).outputs;
  const options = {
    outputs: configured(outputs),
    definitions,
    terminal: createTestTerminal(),
    dataFolder,
    openLinkTo: () => openLink,
  };
  const service = await startOutputs(options, context, new AbortController().signal);
  /** Waits until the outputs were told so much in all, and gives it. */
  const told = async (count: number): Promise<string[]> => {
    await until(() => calls.length >= count, `call ${count} of ${JSON.stringify(calls)}`);
    return calls;
  };
  const update = (section: object): Promise<void> => service.update(configured(section));
  return { service, calls, clock, log, told, update };
}

const one = { hall: { adapter: 'recorder' } };

/** Publishes in order, each confirmed by the broker. */
async function publish(client: MqttClient, ...messages: [string, string, object?][]): Promise<void> {
  for (const [topic, payload, options = { qos: 1 }] of messages)
    await client.publishAsync(topic, payload, options);
}

const ways: Record<string, () => Promise<{ openLink: OpenLink; url: string } & AsyncDisposable>> = {
  'inside the embedded broker': () => startTestBroker(),
  'over MQTT to Mosquitto': async () => {
    const mosquitto = await startMosquitto();
    const openLink = mqttLinks({ url: mosquitto.url, clock: systemClock, log: silentLog });
    return { openLink, url: mosquitto.url, [Symbol.asyncDispose]: mosquitto[Symbol.asyncDispose] };
  },
};

describe.each(Object.entries(ways))('%s', (_way, open) => {
  test('an output acts on what is fresh while a sync worker is online, and on nothing else', async () => {
    await using way = await open();
    const client = await connectClient(way.url);
    await publish(client, ['mesh/global', state(1), kept]);
    const { service, told } = await startBench(way.openLink, one);
    await publish(client, ['mesh/global', state(2)], ['mesh/event', JSON.stringify(joined)]);
    await publish(client, ['mesh/sync/status', status('online'), kept], ['mesh/global', state(3), kept]);
    await publish(client, ['mesh/event', JSON.stringify(joined)], ['mesh/global', state(4)]);
    expect(await told(3)).toEqual(['recorder: state 3', 'recorder: node_joined', 'recorder: state 4']);
    await service.close();
    client.end();
  });

  test('a status from before counts, a state from before does not', async () => {
    await using way = await open();
    const client = await connectClient(way.url);
    await publish(client, ['mesh/sync/status', status('online'), kept], ['mesh/global', state(1), kept]);
    const { service, told } = await startBench(way.openLink, one);
    await publish(client, ['mesh/global', state(2)]);
    expect(await told(1)).toEqual(['recorder: state 2']);
    await service.close();
    client.end();
  });

  test('a sync worker that goes quiets every output at once, and once, until it is back', async () => {
    await using way = await open();
    const client = await connectClient(way.url);
    await publish(client, ['mesh/sync/status', status('online'), kept]);
    const { service, clock, told } = await startBench(way.openLink, one);
    await publish(client, ['mesh/global', state(1)], ['mesh/sync/status', status('offline'), kept]);
    await publish(client, ['mesh/global', state(2)], ['mesh/sync/status', status('offline'), kept]);
    await told(2);
    clock.advance(10);
    await publish(client, ['mesh/sync/status', status('online'), kept], ['mesh/global', state(3)]);
    expect(await told(3)).toEqual([
      'recorder: state 1',
      'recorder: quiet, the sync worker is offline',
      'recorder: state 3',
    ]);
    await service.close();
    client.end();
  });

  test('each follows its own source, and silence is told by source', async () => {
    await using way = await open();
    const client = await connectClient(way.url);
    await publish(client, ['mesh/sync/status', status('online'), kept]);
    const { service, clock, told } = await startBench(way.openLink, {
      whole: { adapter: 'recorder', label: 'whole' },
      bedroom: { adapter: 'recorder', source: 'zone/bedroom', label: 'bedroom' },
      again: { adapter: 'recorder', source: 'zone/bedroom', label: 'again' },
    });
    const zone = JSON.stringify({ ...aState({ sequence: 7 }), sums });
    await publish(client, ['mesh/zone/kitchen', zone], ['mesh/zone/bedroom', zone]);
    expect(await told(2)).toEqual(['bedroom: state 7', 'again: state 7']);
    clock.advance(2);
    await publish(client, ['mesh/global', state(8)]);
    await told(3);
    clock.advance(2);
    expect((await told(5)).slice(3)).toEqual([
      'bedroom: quiet, no word from the mesh for 3.5 s',
      'again: quiet, no word from the mesh for 3.5 s',
    ]);
    await service.close();
    client.end();
  });
});

test('a mesh that says nothing from the start is silence, too, and is told once', async () => {
  await using broker = await startTestBroker();
  const { clock, service, calls } = await startBench(broker.openLink, one);
  clock.advance(3.4);
  await settled();
  expect(calls).toEqual([]);
  clock.advance(0.2);
  await settled();
  clock.advance(60);
  await settled();
  expect(calls).toEqual(['recorder: quiet, no sync worker serves this mesh']);
  await service.close();
  expect(calls.slice(1)).toEqual(['recorder: closed']);
});

test('messages that are not valid are ignored, counted and logged for whoever debugs', async () => {
  await using broker = await startTestBroker();
  const client = await broker.connect();
  await publish(client, ['mesh/sync/status', status('online'), kept]);
  const { service, log, told } = await startBench(broker.openLink, one);
  await publish(
    client,
    ['mesh/global', 'nonsense'],
    ['mesh/global', JSON.stringify(aState({ coherence: 2 }))],
  );
  await publish(
    client,
    ['mesh/event', '{"type": "applause"}'],
    ['mesh/sync/status', '{}'],
    ['mesh/global', state(5)],
  );
  expect(await told(1)).toEqual(['recorder: state 5']);
  const ignored = log.at('debug').filter(({ message }) => message === 'message ignored');
  expect(ignored.map(({ fields }) => fields)).toMatchObject([
    { topic: 'mesh/global', invalid: 1, reason: expect.stringContaining('which is not JSON') },
    { topic: 'mesh/global', invalid: 2, reason: 'coherence: found 2, expected a number at most 1' },
    { topic: 'mesh/event', invalid: 3 },
    { topic: 'mesh/sync/status', invalid: 4 },
  ]);
  expect(shown(log)).toEqual([]);
  await service.close();
});

test('an output that is stuck, or fails, delays no other, and the stop by less than a second', async () => {
  await using broker = await startTestBroker();
  const client = await broker.connect();
  await publish(client, ['mesh/sync/status', status('online'), kept]);
  const elsewhere: string[] = [];
  const stuck = recorder(elsewhere, 'stuck', () => new Promise(() => {}));
  const broken = recorder(elsewhere, 'broken', () => Promise.reject(new Error('no power')));
  const outputs = {
    a: { adapter: 'stuck' },
    b: { adapter: 'broken' },
    ...one,
  };
  const { service, clock, log, told } = await startBench(broker.openLink, outputs, [stuck, broken]);
  for (let sequence = 1; sequence <= 3; sequence += 1) {
    await publish(client, ['mesh/global', state(sequence)]);
    await told(sequence);
  }
  expect(elsewhere.filter((call) => call.startsWith('stuck'))).toEqual(['stuck: state 1']);
  expect(shown(log)).toEqual([
    {
      level: 'warn',
      output: 'b',
      code: 'OUTPUT_FAILED',
      reason: 'no power',
      failures: 1,
      message: 'output failed',
    },
  ]);
  const closing = service.close();
  for (let step = 0; step < 10; step += 1) {
    await settled();
    clock.advance(0.1);
  }
  await closing;
  expect(elsewhere.slice(-2)).toEqual(['stuck: quiet, the outputs are stopping', 'stuck: closed']);
});

test('an output that cannot be made is logged, and holds up no other', async () => {
  await using broker = await startTestBroker();
  const client = await broker.connect();
  await publish(client, ['mesh/sync/status', status('online'), kept]);
  const broken = {
    ...recorder([], 'broken'),
    create() {
      throw new Error('no such device');
    },
  };
  const outputs = { a: { adapter: 'broken' }, ...one };
  const { service, log, told } = await startBench(broker.openLink, outputs, [broken]);
  await publish(client, ['mesh/global', state(1)]);
  expect(await told(1)).toEqual(['recorder: state 1']);
  expect(shown(log)).toEqual([
    {
      level: 'warn',
      output: 'a',
      code: 'OUTPUT_FAILED',
      reason: 'no such device',
      failures: 1,
      message: 'output failed',
    },
  ]);
  await service.close();
});

test('a broker that goes away is a silence with its own reason; the outputs go on when it is back', async () => {
  await using mosquitto = await startMosquitto();
  const openLink = mqttLinks({ url: mosquitto.url, clock: systemClock, log: silentLog, random: () => 0 });
  let client = await connectClient(mosquitto.url);
  await publish(client, ['mesh/sync/status', status('online'), kept]);
  let online = (): boolean => false;
  const watched: OpenLink = async (options, signal) => {
    const link = await openLink(options, signal);
    online = () => link.online;
    return link;
  };
  const { service, clock, told } = await startBench(watched, one);
  await publish(client, ['mesh/global', state(1)]);
  await told(1);
  await mosquitto.stop();
  await until(() => !online(), 'the loss of the broker');
  clock.advance(3.5);
  expect((await told(2))[1]).toBe('recorder: quiet, the broker cannot be reached');
  await mosquitto.start();
  await until(online, 'the return of the broker');
  client = await connectClient(mosquitto.url);
  await publish(client, ['mesh/sync/status', status('online'), kept], ['mesh/global', state(9)]);
  expect((await told(3))[2]).toBe('recorder: state 9');
  await service.close();
  client.end();
});

test('an embedded broker that stops ends the outputs, quiet and closed', async () => {
  const broker = await startTestBroker();
  const client = await broker.connect();
  await publish(client, ['mesh/sync/status', status('online'), kept]);
  const { service, calls, told } = await startBench(broker.openLink, one);
  await publish(client, ['mesh/global', state(1)]);
  await told(1);
  await broker.broker.close();
  expect(await service.closed).toMatchObject({ code: 'LINK_AWAY' });
  expect(calls).toEqual([
    'recorder: state 1',
    'recorder: quiet, the outputs are stopping',
    'recorder: closed',
  ]);
  await broker[Symbol.asyncDispose]();
});

describe('another configuration', () => {
  test('starts what is new, stops what is gone, restarts what has changed, and leaves the rest alone', async () => {
    await using broker = await startTestBroker();
    const client = await broker.connect();
    await publish(client, ['mesh/sync/status', status('online'), kept]);
    const a = { adapter: 'recorder', label: 'a' };
    const { service, calls, update, told } = await startBench(broker.openLink, {
      same: a,
      changed: { ...a, label: 'b' },
      gone: { ...a, label: 'c' },
    });
    await publish(client, ['mesh/global', state(1)]);
    await told(3);
    calls.length = 0;
    await update({
      same: a,
      changed: { ...a, label: 'B' },
      added: { ...a, label: 'd', source: 'zone/bedroom' },
    });
    const stopped = [
      'b: quiet, the outputs are stopping',
      'b: closed',
      'c: quiet, the outputs are stopping',
      'c: closed',
    ];
    expect(calls.toSorted()).toEqual(stopped.toSorted());
    calls.length = 0;
    const zone = JSON.stringify({ ...aState({ sequence: 7 }), sums });
    await publish(client, ['mesh/global', state(2)], ['mesh/zone/bedroom', zone]);
    expect((await told(3)).toSorted()).toEqual(['B: state 2', 'a: state 2', 'd: state 7']);
    await service.close();
  });

  test('that names nothing leaves nothing running', async () => {
    await using broker = await startTestBroker();
    const { service, calls, clock, update } = await startBench(broker.openLink, one);
    await update({});
    expect(calls).toEqual(['recorder: closed']);
    clock.advance(60);
    await settled();
    expect(calls).toHaveLength(1);
    await service.close();
    expect(calls).toHaveLength(1);
  });
});

describe('the status of an output', () => {
  /** What the broker keeps of it, once that is so. */
  async function statusWhere(
    client: MqttClient,
    bench: { clock: ManualClock },
    fits: (one: OutputStatus) => boolean,
  ) {
    const texts: string[] = [];
    client.on('message', (_, payload) => texts.push(payload.toString()));
    await client.subscribeAsync('mesh/output/hall/status');
    const last = (): OutputStatus | undefined =>
      texts.at(-1) ? outputStatusSchema.parse(JSON.parse(texts.at(-1) ?? '')) : undefined;
    await until(() => {
      bench.clock.advance(0.1);
      const now = last();
      return now !== undefined && fits(now);
    }, 'the status');
    return last();
  }

  test('tells what it did and why it is quiet, and is taken back at the stop', async () => {
    await using broker = await startTestBroker();
    const client = await broker.connect();
    await publish(client, ['mesh/sync/status', status('online'), kept]);
    const bench = await startBench(broker.openLink, one);
    await publish(client, ['mesh/global', state(1)], ['mesh/event', JSON.stringify(joined)]);
    await bench.told(2);
    expect(await statusWhere(client, bench, ({ quiet, events }) => quiet !== null && events === 1)).toEqual({
      adapter: 'recorder',
      source: 'global',
      state: 'ok',
      quiet: 'no word from the mesh for 3.5 s',
      states: 1,
      events: 1,
      failures: 0,
      session: 'ab12',
      timestamp: expect.stringContaining('2027-01-15T08:00:'),
    });
    await bench.service.close();
    const left: string[] = [];
    const late = await broker.connect();
    late.on('message', (topic) => left.push(topic));
    await late.subscribeAsync(['mesh/output/+/status', 'mesh/sync/status']);
    await until(() => left.length > 0, 'what is kept');
    expect(left).toEqual(['mesh/sync/status']);
  });

  test('is degraded with the reason while a write fails', async () => {
    await using broker = await startTestBroker();
    const client = await broker.connect();
    await publish(client, ['mesh/sync/status', status('online'), kept]);
    const broken = recorder([], 'broken', () => Promise.reject(new Error('no power')));
    const bench = await startBench(broker.openLink, { hall: { adapter: 'broken' } }, [broken]);
    await publish(client, ['mesh/global', state(1)]);
    const told = await statusWhere(client, bench, (one) => one.state === 'degraded');
    expect(told).toMatchObject({ reason: 'no power', states: 0, failures: 1 });
    await bench.service.close();
  });
});

test('an output that wants every event gets those that came while the outputs were away', async () => {
  await using mosquitto = await startMosquitto();
  await using folder = await temporaryFolder();
  const openLink = mqttLinks({ url: mosquitto.url, clock: systemClock, log: silentLog });
  const client = await connectClient(mosquitto.url);
  await publish(client, ['mesh/sync/status', status('online'), kept]);
  const calls: string[] = [];
  const keeper = { ...recorder(calls, 'keeper'), keepsEvents: () => true };
  const start = () => startBench(openLink, { a: { adapter: 'keeper' }, ...one }, [keeper], folder.path);
  const say = (node: string) => publish(client, ['mesh/event', JSON.stringify({ ...joined, node })]);
  const first = await start();
  await say('a');
  await first.told(1);
  await first.service.close();
  calls.length = 0;
  await say('b');
  await say('c');
  const second = await start();
  await until(() => calls.length >= 2, 'the kept events');
  expect(calls).toEqual(['keeper: node_joined', 'keeper: node_joined']);
  expect(second.calls).toEqual([]);
  await second.service.close();
  client.end();
});
