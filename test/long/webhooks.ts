import { expect, test } from '@jest/globals';
import { runWebhookTrial } from '../adapters/output/webhook-trial.js';

/** `WEBHOOK_SEED=17 npm run test:webhooks` repeats the kills of a run. */
const seed = Number(process.env.WEBHOOK_SEED ?? Math.floor(Math.random() * 1_000_000));
const EVENTS = 10_000;
const KILLS = 20;

test(`${EVENTS} events are delivered in order while both sides are killed ${KILLS} times, seed ${seed}`, async () => {
  const { nodes, repeats, unsigned, seconds } = await runWebhookTrial({ events: EVENTS, kills: KILLS, seed });
  process.stdout.write(
    `seed ${seed}: ${nodes.length} events in ${seconds.toFixed(1)} s, ${repeats} posts of events that had come before\n`,
  );
  expect(nodes).toEqual(Array.from({ length: EVENTS }, (_, index) => `n${index + 1}`));
  expect(unsigned).toBe(0);
}, 600_000);
