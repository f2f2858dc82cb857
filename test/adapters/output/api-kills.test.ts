import { expect, test } from '@jest/globals';
import { runWebhookTrial } from './webhook-trial.js';

test('every event is delivered, in order, though both sides are killed meanwhile', async () => {
  const { nodes, unsigned } = await runWebhookTrial({ events: 300, kills: 2, seed: 5 });
  expect(nodes).toEqual(Array.from({ length: 300 }, (_, index) => `n${index + 1}`));
  expect(unsigned).toBe(0);
}, 60_000);
