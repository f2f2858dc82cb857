import { expect, test } from '@jest/globals';
import { inputDefinitions } from '../../../adapters/input/registry.js';
import { motorsOutput } from '../../../adapters/output/motors.js';
import { startOutputs } from '../../../adapters/run-outputs.js';
import type { OutputDefinition } from '../../../contract/adapters.js';
import { systemClock } from '../../../contract/clock.js';
import { createConfigSchema } from '../../../contract/config/schema.js';
import { silentLog } from '../../../contract/log.js';
import type { GlobalMessage } from '../../../contract/payloads/global.js';
import { createTopics } from '../../../contract/topics.js';
import { startTestBroker } from '../../support/test-broker.js';
import { until } from '../../support/until.js';
import { aState, createTestTerminal } from '../samples.js';

/** Motors that follow a mesh over a broker, and a client that is the mesh and the robot. */
async function startBench(options: object = {}, kept: readonly [string, string][] = []) {
  const broker = await startTestBroker();
  const client = await broker.connect();
  for (const [topic, text] of kept) await client.publishAsync(topic, text, { qos: 1, retain: true });
  const speeds: number[] = [];
  client.on('message', (_topic, payload) => speeds.push(JSON.parse(payload.toString()).linear.x));
  await client.subscribeAsync('robot/cmd_vel');
  const definitions = [motorsOutput as unknown as OutputDefinition];
  const wheels = { adapter: 'motors', cmd_vel_topic: 'robot/cmd_vel', slew: 1000, every: '20ms', ...options };
  const { outputs } = createConfigSchema(inputDefinitions, definitions).parse({ outputs: { wheels } });
  const { openLink } = broker;
  const service = await startOutputs(
    {
      outputs,
      definitions,
      terminal: createTestTerminal(),
      dataFolder: '/no/such/folder',
      openLinkTo: () => openLink,
    },
    {
      topics: createTopics(),
      openLink,
      clock: systemClock,
      log: silentLog,
      session: 'ab12',
      version: '0.0.0',
    },
    new AbortController().signal,
  );
  const status = (state: string): Promise<unknown> =>
    client.publishAsync('mesh/sync/status', JSON.stringify({ state, session: 'k3f9' }), { qos: 1 });
  const say = (state: GlobalMessage): Promise<unknown> =>
    client.publishAsync('mesh/global', JSON.stringify(state), { qos: 1 });
  await status('online');
  const ahead = aState({ phase: { real: 1, imag: 0 }, identity: { real: 1, imag: 0 } });
  return {
    client,
    speeds,
    status,
    say,
    ahead,
    service,
    move: async () => {
      await say(ahead);
      await until(() => speeds.at(-1) === 0.5, 'full speed');
    },
    /** How many seconds after an act it is told to stand still. */
    async stopsAfter(act: () => Promise<unknown>): Promise<number> {
      const start = performance.now();
      const acted = act();
      await until(() => speeds.at(-1) === 0, 'the stop');
      const seconds = (performance.now() - start) / 1000;
      await acted;
      return seconds;
    },
    async [Symbol.asyncDispose]() {
      await service.close();
      await broker[Symbol.asyncDispose]();
    },
  };
}

test('a robot stands still at once when the mesh dissolves and when its sync worker goes', async () => {
  await using bench = await startBench({ dead_man: '60s' });
  await bench.move();
  // Far below the 3.5 s after which a mesh counts as silent.
  const dissolved = aState({ unified: false, identity: null });
  expect(await bench.stopsAfter(() => bench.say(dissolved))).toBeLessThan(1);
  await bench.move();
  expect(await bench.stopsAfter(() => bench.status('offline'))).toBeLessThan(1);
  await bench.say(bench.ahead);
  await bench.status('online');
  await bench.move();
});

test('a robot stands still when the mesh falls silent, and at the end', async () => {
  await using bench = await startBench({ dead_man: '0.5s' });
  await bench.move();
  const silence = await bench.stopsAfter(async () => {});
  expect(silence).toBeGreaterThan(0.3);
  expect(silence).toBeLessThan(2);
  await bench.move();
  expect(await bench.stopsAfter(() => bench.service.close())).toBeLessThan(1);
});

test('a robot is enabled over the broker, and not by what that has kept', async () => {
  await using bench = await startBench({ enable_topic: 'robot/enable' }, [['robot/enable', 'ON']]);
  const isStill = async (): Promise<void> => {
    const { length } = bench.speeds;
    for (let step = 0; step < 3; step += 1) await bench.say(bench.ahead);
    await bench.client.publishAsync('robot/cmd_vel', '{"linear":{"x":7}}', { qos: 1 });
    await until(() => bench.speeds.at(-1) === 7, 'the end of what was said before');
    expect(bench.speeds.slice(length, -1).filter((speed) => speed !== 0)).toEqual([]);
  };
  await isStill();
  await bench.client.publishAsync('robot/enable', 'ON', { qos: 1 });
  await bench.move();
  const disable = () => bench.client.publishAsync('robot/enable', 'OFF', { qos: 1 });
  expect(await bench.stopsAfter(disable)).toBeLessThan(1);
  await isStill();
});
