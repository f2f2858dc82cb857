import { expect, test } from '@jest/globals';
import { systemClock } from '../../contract/clock.js';

test('periods are counted from the start, and those that a busy process missed are left out', async () => {
  const start = performance.now();
  const ticks: number[] = [];
  await new Promise<void>((resolve) => {
    const stop = systemClock.every(0.02, () => {
      ticks.push((performance.now() - start) / 20);
      if (ticks.length === 2) while (performance.now() - start < 110) {}
      if (ticks.length < 6) return;
      stop();
      resolve();
    });
  });
  // Five periods passed while the process was busy; each later tick belongs to a period of its own.
  const periods = ticks.map(Math.round);
  expect(new Set(periods).size).toBe(6);
  expect((periods[2] ?? 0) - (periods[1] ?? 0)).toBeGreaterThan(1);
});

test('a stopped period ticks no more, even when it is stopped by its own task', async () => {
  let ticks = 0;
  await new Promise<void>((resolve) => {
    const stop = systemClock.every(0.001, () => {
      ticks += 1;
      stop();
      systemClock.after(0.02, resolve);
    });
  });
  expect(ticks).toBe(1);
});
