import { expect, test } from '@jest/globals';
import { createPacer } from '../../sync-worker/pacer.js';
import { createManualClock } from '../support/manual-clock.js';

function pacing(rate = 10) {
  const clock = createManualClock();
  const start = clock.monotonicSeconds();
  const times: number[] = [];
  const pacer = createPacer({
    clock,
    ratePerSecond: () => rate,
    heartbeatSeconds: 1,
    publish: () => times.push(Math.round((clock.monotonicSeconds() - start) * 1000) / 1000),
  });
  return { clock, pacer, times };
}

test('the first change after quiet goes out at once, further ones at the rate', () => {
  const { clock, pacer, times } = pacing();
  for (let step = 0; step < 50; step += 1) {
    pacer.touch();
    clock.advance(0.01);
  }
  expect(times).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
});

test('an unchanged state goes out once a heartbeat', () => {
  const { clock, pacer, times } = pacing();
  pacer.touch();
  clock.advance(3.05);
  expect(times).toEqual([0, 1, 2, 3]);
  pacer.touch();
  clock.advance(0.06);
  expect(times).toEqual([0, 1, 2, 3, 3.1]);
});

test('nothing goes out after stop', () => {
  const { clock, pacer, times } = pacing();
  pacer.touch();
  pacer.touch();
  pacer.stop();
  pacer.touch();
  pacer.flush();
  clock.advance(5);
  expect(times).toEqual([0]);
});
