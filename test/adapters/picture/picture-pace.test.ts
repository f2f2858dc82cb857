import { expect, test } from '@jest/globals';
import { createPicturePace } from '../../../adapters/picture/picture-pace.js';
import { createManualClock } from '../../support/manual-clock.js';

/** How many of the pictures of a camera, some of them a little late, are taken within ten seconds. */
function taken(everySeconds: number, cameraHz: number): number {
  const clock = createManualClock();
  const isDue = createPicturePace(clock, everySeconds);
  let count = 0;
  for (let picture = 0; picture < 10 * cameraHz; picture += 1) {
    clock.advance(0.9 / cameraHz + (((picture + 2) % 3) * 0.1) / cameraHz);
    if (isDue()) count += 1;
  }
  return count;
}

test.each([
  [0.01, 30, 300],
  [1 / 30, 30, 300],
  [0.1, 30, 100],
  [0.15, 10, 66],
  [2, 30, 5],
])('every %d s of a camera that gives %d a second, %d in ten seconds are taken', (every, cameraHz, count) => {
  expect(Math.abs(taken(every, cameraHz) - count)).toBeLessThanOrEqual(count * 0.02 + 1);
});

test('after a pause nothing is made up for', () => {
  const clock = createManualClock();
  const isDue = createPicturePace(clock, 1);
  expect([isDue(), isDue()]).toEqual([true, false]);
  clock.advance(10);
  expect([isDue(), isDue(), isDue()]).toEqual([true, false, false]);
});
