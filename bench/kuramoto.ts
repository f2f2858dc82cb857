import { writeFile } from 'node:fs/promises';
import { inputDefinitions } from '../adapters/input/registry.js';
import { startBroker } from '../broker/broker.js';
import { sleep, systemClock } from '../contract/clock.js';
import { createConfigSchema } from '../contract/config/schema.js';
import { silentLog } from '../contract/log.js';
import { newSession, type PartContext } from '../contract/part.js';
import { globalMessageSchema } from '../contract/payloads/global.js';
import { createTopics } from '../contract/topics.js';
import { textOf } from '../contract/wire.js';
import { mqttLinks } from '../link/mqtt-links.js';
import { startNodeAgent } from '../node-agent/agent.js';
import { startSyncWorker } from '../sync-worker/worker.js';
import { plotTransition } from './kuramoto-plot.js';

/** A run of the real mesh at one coupling. */
export interface TransitionPoint {
  /** K/K_c. */
  readonly coupling: number;
  readonly meanFrequencyHz: number;
  /** Order over the last third of the run: its mean, and its standard deviation. */
  readonly order: number;
  readonly spread: number;
}

const NODES = 200;
/** Half-width g of the Lorentzian, rad/s: slow against the publishing interval, fast against the run. */
const HALF_WIDTH = 0.5;
const CRITICAL = 2 * HALF_WIDTH;
const INTERVAL_SECONDS = 0.05;
/** Nodes start spread over this arc, order 0.5: what a mesh comes to does not depend on it, how soon it does. */
const START_ARC_RAD = 3.79;
const GOLDEN = 0.6180339887;

/** Natural frequencies at evenly spaced quantiles of a Lorentzian, hertz. */
function frequencies(meanHz: number): number[] {
  return Array.from({ length: NODES }, (_, index) => {
    const quantile = (index + 0.5) / NODES;
    return meanHz + (HALF_WIDTH * Math.tan(Math.PI * (quantile - 0.5))) / (2 * Math.PI);
  });
}

/**
 * Runs 200 oscillator nodes on the real mesh (node agent and sync worker, each over MQTT to the embedded broker).
 *
 * @param ratio K/K_c with K_c = 2 g.
 */
export async function runTransition(
  ratio: number,
  meanFrequencyHz: number,
  seconds: number,
): Promise<TransitionPoint> {
  const aborter = new AbortController();
  const { signal } = aborter;
  const listen = ['mqtt://127.0.0.1:0'];
  const broker = await startBroker(
    { listen, allowAnonymous: false, version: 'bench' },
    { clock: systemClock, log: silentLog },
  );
  const openLink = mqttLinks({ url: broker.addresses[0] ?? '', clock: systemClock, log: silentLog });
  const context = (): PartContext => ({
    topics: createTopics(),
    openLink,
    clock: systemClock,
    log: silentLog,
    session: newSession(),
    version: 'bench',
  });
  const entries = frequencies(meanFrequencyHz).map((frequency, index) => {
    const oscillator = {
      frequency,
      coupling: ratio * CRITICAL,
      phase: START_ARC_RAD * (((index * GOLDEN) % 1) - 0.5),
    };
    return [`n${index}`, { interval: INTERVAL_SECONDS, oscillator }] as const;
  });
  const config = createConfigSchema(inputDefinitions, []).parse({
    mesh: { rate: 1 / INTERVAL_SECONDS },
    nodes: Object.fromEntries(entries),
  });
  const worker = await startSyncWorker({ config, settingsFile: undefined }, context(), signal);
  const { hardware, zones, mesh, nodes = {} } = config;
  const adopt = { ...config.adopt, enabled: false };
  const agent = await startNodeAgent(
    {
      agent: 'bench',
      nodes,
      hardware,
      zones,
      collapse: mesh.collapse,
      adopt,
      inputs: inputDefinitions,
      openLinkTo: () => openLink,
    },
    context(),
    signal,
  );
  const listener = await openLink({ name: 'listener' }, signal);
  const orders: number[] = [];
  await listener.subscribe(createTopics().build('global', {}), ({ payload }) => {
    orders.push(globalMessageSchema.parse(JSON.parse(textOf(payload))).order.magnitude);
  });
  await sleep(systemClock, seconds);
  for (const service of [listener, agent, worker, broker]) await service.close();
  const settled = orders.slice(Math.floor((2 / 3) * orders.length));
  const order = settled.reduce((sum, one) => sum + one, 0) / settled.length;
  const spread = Math.sqrt(settled.reduce((sum, one) => sum + (one - order) ** 2, 0) / settled.length);
  return { coupling: ratio, meanFrequencyHz, order, spread };
}

/** The order that theory gives for infinitely many nodes: sqrt(1 - K_c/K), 0 below K_c. */
export function theory(ratio: number): number {
  return ratio <= 1 ? 0 : Math.sqrt(1 - 1 / ratio);
}

async function main(): Promise<void> {
  const points: TransitionPoint[] = [];
  for (const meanFrequencyHz of [0, 1]) {
    for (const ratio of [0.5, 1.25, 1.5, 2, 3, 4]) {
      const point = await runTransition(ratio, meanFrequencyHz, 40);
      points.push(point);
      console.log(
        `mean ${meanFrequencyHz} Hz, K = ${ratio} K_c: order ${point.order.toFixed(3)} (sd ${point.spread.toFixed(3)}), theory ${theory(ratio).toFixed(3)}`,
      );
    }
  }
  await writeFile('docs/figures/kuramoto.svg', plotTransition(points, theory));
}

if (process.argv[1]?.endsWith('kuramoto.js')) await main();
