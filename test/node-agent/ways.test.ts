import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../contract/clock.js';
import type { OpenLink } from '../../contract/link.js';
import { silentLog } from '../../contract/log.js';
import type { PartContext } from '../../contract/part.js';
import type { PhaseMessage } from '../../contract/payloads/phase.js';
import { createTopics } from '../../contract/topics.js';
import { mqttLinks } from '../../link/mqtt-links.js';
import { startNodeAgent } from '../../node-agent/agent.js';
import { startMosquitto } from '../support/mosquitto.js';
import { collect, connectClient, type Received, startTestBroker } from '../support/test-broker.js';
import { agentOptions } from './agent-bench.js';

/** A broker, and how a part reaches it. */
interface Way extends AsyncDisposable {
  readonly url: string;
  readonly openLink: OpenLink;
}

const quickLinks = (url: string): OpenLink =>
  mqttLinks({ url, clock: systemClock, log: silentLog, random: () => 0.2 });

const ways: Record<string, () => Promise<Way>> = {
  'inside the embedded broker': async () => startTestBroker(),
  'over MQTT to the embedded broker': async () => {
    const broker = await startTestBroker();
    return { url: broker.url, openLink: broker.mqttLink, [Symbol.asyncDispose]: broker[Symbol.asyncDispose] };
  },
  'over MQTT to Mosquitto': async () => {
    const mosquitto = await startMosquitto();
    return {
      url: mosquitto.url,
      openLink: quickLinks(mosquitto.url),
      [Symbol.asyncDispose]: mosquitto[Symbol.asyncDispose],
    };
  },
};

function contextOf(openLink: OpenLink): PartContext {
  return {
    topics: createTopics(),
    openLink,
    clock: systemClock,
    log: silentLog,
    session: 'ab12',
    version: '1.2.3',
  };
}

interface Complex {
  readonly real: number;
  readonly imag: number;
}

const near =
  ({ real, imag }: Complex) =>
  (message: Received): boolean => {
    const { phase } = message.json() as PhaseMessage;
    return Math.abs(phase.real - real) < 1e-9 && Math.abs(phase.imag - imag) < 1e-9;
  };

async function vector<Vector>(name: string): Promise<Vector> {
  return JSON.parse(await readFile(`test/vectors/${name}.json`, 'utf8'));
}

describe.each(Object.entries(ways))('%s', (_, open) => {
  test('the local phase follows the vectors', async () => {
    const { times, z, local, tau_base } = await vector<{
      times: number[];
      z: Complex[];
      local: Complex[];
      tau_base: number;
    }>('local-phase');
    await using way = await open();
    const nodes = { kitchen: { tau_base, interval: 0.001, inputs: { pair: {} } } };
    await using _agent = await startNodeAgent(
      agentOptions({ nodes }),
      contextOf(way.openLink),
      new AbortController().signal,
    );
    const client = await connectClient(way.url);
    const phases = await collect(client, 'mesh/kitchen/phase');
    for (const [index, timestamp] of times.entries()) {
      client.publish('mesh/kitchen/input/pair', JSON.stringify({ ...z[index], timestamp }));
      await phases.next(near(local[index] ?? { real: Number.NaN, imag: 0 }), 2);
    }
    await client.endAsync();
  });

  test('the trend follows the vectors', async () => {
    const { times, x, z_every_50th, tau_base, memory } = await vector<{
      times: number[];
      x: number[];
      z_every_50th: Complex[];
      tau_base: number;
      memory: number;
    }>('trend');
    await using way = await open();
    const inputs = { wind: { encoder: { name: 'trend', memory } } };
    const nodes = { kitchen: { tau_base, alpha: 1, interval: 0.001, inputs } };
    await using _agent = await startNodeAgent(
      agentOptions({ nodes }),
      contextOf(way.openLink),
      new AbortController().signal,
    );
    const client = await connectClient(way.url);
    const phases = await collect(client, 'mesh/kitchen/phase');
    for (const [index, timestamp] of times.entries()) {
      client.publish('mesh/kitchen/input/wind', JSON.stringify({ value: x[index], timestamp }));
      const expected = index % 50 === 0 ? z_every_50th[index / 50] : undefined;
      if (expected !== undefined) await phases.next(near(expected), 2);
    }
    expect(times).toHaveLength(1200);
    await client.endAsync();
  });

  test('a kitchen that says 21.5 becomes a node at level 0.215', async () => {
    await using way = await open();
    await using _agent = await startNodeAgent(
      agentOptions({ nodes: {}, adopt: { enabled: true } }),
      contextOf(way.openLink),
      new AbortController().signal,
    );
    const client = await connectClient(way.url);
    const heard = await collect(client, 'mesh/kitchen/+');
    client.publish('mesh/kitchen/input/temperature', '21.5');
    const phase = await heard.next(({ topic }) => topic.endsWith('/phase'));
    expect(phase.json()).toMatchObject({ phase: { real: 0.215, imag: 0 }, encoder: 'level' });
    const isInfo = ({ topic }: Received): boolean => topic.endsWith('/info');
    // Messages of different QoS may overtake each other.
    const info = heard.messages.find(isInfo) ?? (await heard.next(isInfo));
    expect(info.json()).toMatchObject({ adopted: true, session: 'ab12' });
    await client.endAsync();
  });
});

test('an agent outlives its broker, and is born again when that is back', async () => {
  await using mosquitto = await startMosquitto();
  const nodes = { kitchen: { tau_base: 1, interval: 0.05, inputs: { temperature: {} } } };
  await using _agent = await startNodeAgent(
    agentOptions({ nodes }),
    contextOf(quickLinks(mosquitto.url)),
    new AbortController().signal,
  );
  const before = await connectClient(mosquitto.url);
  const phasesBefore = await collect(before, 'mesh/kitchen/phase');
  before.publish('mesh/kitchen/input/temperature', '40');
  await phasesBefore.count(5);
  await mosquitto.stop();
  await mosquitto.start();
  const backAt = Date.now();
  const after = await connectClient(mosquitto.url);
  const heard = await collect(after, 'mesh/#');
  const phase = await heard.next(({ topic }) => topic === 'mesh/kitchen/phase');
  expect(phase.json()).toMatchObject({ phase: { real: 0.4 }, session: 'ab12' });
  // The latest state alone was kept: nothing of what could not be said comes later.
  const messages = [...(await heard.count(heard.messages.length + 5))];
  for (const message of messages.filter(({ topic }) => topic === 'mesh/kitchen/phase')) {
    const { timestamp } = message.json() as PhaseMessage;
    expect(Date.parse(String(timestamp))).toBeGreaterThanOrEqual(backAt);
  }
  expect(new Set(messages.map(({ topic }) => topic))).toEqual(
    new Set(['mesh/agent/host', 'mesh/kitchen/availability', 'mesh/kitchen/info', 'mesh/kitchen/phase']),
  );
  await after.endAsync();
});
