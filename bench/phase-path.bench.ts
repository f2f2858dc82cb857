import { systemClock } from '../contract/clock.js';
import { meshSchema } from '../contract/config/schema.js';
import type { LinkMessage } from '../contract/link.js';
import { silentLog } from '../contract/log.js';
import type { PartContext } from '../contract/part.js';
import { createTopics } from '../contract/topics.js';
import { createGroups } from '../sync-worker/groups.js';
import { Listener } from '../sync-worker/listener.js';
import { Mesh } from '../sync-worker/mesh.js';

const MESSAGES = 50_000;
const ROUNDS = 9;
const topics = createTopics();

/** A sync worker's ears with so many nodes known, and a round of messages from them. */
function prepare(nodes: number): () => number {
  const clock = systemClock;
  const mesh = new Mesh({
    stale: meshSchema.parse({}).stale,
    groups: createGroups({}, new Map(), () => {}),
    weightOf: () => 1,
    observer: { moving() {}, joined() {}, left() {}, unheard() {} },
    nowSeconds: clock.monotonicSeconds(),
  });
  const context = { topics, clock, log: silentLog } as PartContext;
  const listener = new Listener(
    context,
    mesh,
    (_, topic, reason) => {
      throw new Error(`${topic}: ${reason}`);
    },
    () => {},
  );
  const messages = Array.from({ length: MESSAGES }, (_, index) => phaseMessage(index % nodes, index));
  for (let index = 0; index < nodes; index += 1) listener.onPhase(phaseMessage(index, 0));
  return () => {
    const start = performance.now();
    for (const message of messages) listener.onPhase(message);
    return ((performance.now() - start) / MESSAGES) * 1e6;
  };
}

function phaseMessage(node: number, turn: number): LinkMessage {
  const rad = turn * 0.1;
  const message = {
    node_id: `node-${node}`,
    phase: { real: 0.9 * Math.cos(rad), imag: 0.9 * Math.sin(rad) },
    coherence: 0.9,
    timestamp: new Date(1_800_000_000_000 + turn).toISOString(),
    session: 'bench',
    sequence: turn,
    encoder: 'trend',
  };
  return {
    topic: topics.build('phase', { node: message.node_id }),
    payload: Buffer.from(JSON.stringify(message)),
    retained: false,
  };
}

/** What a phase message costs the sync worker, from its bytes to the sums, with few and with many nodes known. */
export function phasePathBench(): void {
  const known = [10, 1000, 10_000];
  const rounds = known.map(prepare);
  const samples = known.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, run] of rounds.entries()) samples[index]?.push(run());
  }
  const medians = samples.map((one) => one.sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN);
  console.log(
    'A phase message from its bytes to the sums, ns: median (least .. most) of 9 rounds side by side',
  );
  for (const [index, nodes] of known.entries()) {
    const [least, most] = [samples[index]?.[0] ?? 0, samples[index]?.at(-1) ?? 0];
    const ratio = ((medians[index] ?? 0) / (medians[0] ?? 1)).toFixed(2);
    console.log(
      `  ${String(nodes).padStart(6)} nodes known: ${medians[index]?.toFixed(0)} (${least.toFixed(0)} .. ${most.toFixed(0)}), ${ratio} x that of ${known[0]}`,
    );
  }
}
