import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SampleClock } from '../../../adapters/sound/sample-clock.js';
import { type Instant, secondsBetween } from '../../../contract/instant.js';
import { createManualClock } from '../../support/manual-clock.js';

const RATE_HZ = 16_000;
const FRAME = 160;
const START = 1_800_000_000;

/** A sound card and who reads it: bursts of frames, by the instants that they are given. */
function record(cardHz = RATE_HZ) {
  const clock = createManualClock(START);
  const sampleClock = new SampleClock(clock, RATE_HZ);
  const instants: Instant[] = [];
  let lateBefore = 0;
  return {
    clock,
    instants,
    /** Samples that are read so late after the last of them was taken. */
    burst(frames: number, lateSeconds = 0): void {
      clock.advance((frames * FRAME) / cardHz + lateSeconds - lateBefore);
      lateBefore = lateSeconds;
      sampleClock.arrive(frames * FRAME);
      for (let left = frames - 1; left >= 0; left -= 1) instants.push(sampleClock.instantOf(left * FRAME));
    },
    /** How far the newest frame's instant is behind the clock, seconds. */
    behind: (): number =>
      secondsBetween(instants.at(-1) as Instant, {
        wholeSeconds: START,
        fraction: clock.monotonicSeconds() - 1000,
      }),
  };
}

/** Seconds from each frame to the next. */
const steps = (instants: readonly Instant[]): number[] =>
  instants.slice(1).map((at, index) => secondsBetween(instants[index] as Instant, at));

/** How far the steps are from 10 ms at the most, seconds. */
function jitter(instants: readonly Instant[]): number {
  let most = 0;
  for (let index = 1; index < instants.length; index += 1) {
    const step = secondsBetween(instants[index - 1] as Instant, instants[index] as Instant);
    most = Math.max(most, Math.abs(step - 0.01));
  }
  return most;
}

describe('frames of 10 ms', () => {
  test('are 10 ms apart in a burst, the last of them now', () => {
    const { burst, instants, behind } = record();
    burst(10);
    expect(behind()).toBeCloseTo(0, 9);
    expect(jitter(instants)).toBeLessThan(1e-9);
  });

  test('are 10 ms apart across bursts of 120 ms', () => {
    const { burst, instants } = record();
    for (let count = 0; count < 100; count += 1) burst(12);
    expect(jitter(instants)).toBeLessThan(1e-9);
  });

  test('show little of how late they were read', () => {
    const { burst, instants } = record();
    for (let count = 0; count < 3000; count += 1) burst(1, (0.004 * ((count * 7) % 11)) / 10);
    expect(jitter(instants)).toBeLessThan(1e-5);
  });
});

test.each([100, -100])('a sound card that is off by %d ppm stays within 1 ms over an hour', (ppm) => {
  const { burst, behind, instants } = record(RATE_HZ * (1 + ppm * 1e-6));
  const worst = { behindSeconds: 0, jitterSeconds: 0 };
  for (let seconds = 0; seconds < 3600; seconds += 1) {
    instants.length = 0;
    burst(100);
    worst.behindSeconds = Math.max(worst.behindSeconds, Math.abs(behind()));
    worst.jitterSeconds = Math.max(worst.jitterSeconds, jitter(instants));
  }
  expect(worst.behindSeconds).toBeLessThan(0.001);
  expect(worst.jitterSeconds).toBeLessThan(2e-6);
});

test('after a gap, time is that of the clock at once', () => {
  const { burst, clock, behind, instants } = record();
  burst(3);
  clock.advance(2);
  burst(2);
  expect(behind()).toBeCloseTo(0, 9);
  expect(steps(instants)).toEqual([0.01, 0.01, 2.01, 0.01].map((step) => expect.closeTo(step, 9)));
});

test('a wall clock that is set changes nothing', () => {
  const { burst, clock, instants } = record();
  burst(5);
  clock.setNow(START + 86_400);
  burst(5);
  clock.setNow(START - 86_400);
  burst(5);
  expect(jitter(instants)).toBeLessThan(1e-9);
});

test('time never goes back, however sound comes', () => {
  const burst = fc.record({
    frames: fc.integer({ min: 1, max: 200 }),
    passed: fc.double({ min: 0, max: 3, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(burst, { maxLength: 50 }), (bursts) => {
      const clock = createManualClock(START);
      const sampleClock = new SampleClock(clock, RATE_HZ);
      let last = Number.NEGATIVE_INFINITY;
      for (const { frames, passed } of bursts) {
        clock.advance(passed);
        try {
          sampleClock.arrive(frames * FRAME);
        } catch (error) {
          // Far more sound than there was time for; that is another test.
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        for (let left = frames - 1; left >= 0; left -= 1) {
          const { wholeSeconds, fraction } = sampleClock.instantOf(left * FRAME);
          const time = wholeSeconds - START + fraction;
          if (!(Number.isInteger(wholeSeconds) && fraction >= 0 && fraction < 1 && time > last)) {
            throw new Error(`${time} after ${last}`);
          }
          last = time;
        }
      }
    }),
  );
});

test('sound of a backlog is taken', () => {
  const { burst, behind } = record();
  burst(1);
  burst(100, 1.5);
  burst(300);
  expect(Math.abs(behind())).toBeLessThan(1.5);
});

test.each([48_000, 32_000 * 1.1])('sound at %d samples a second instead is refused', (cardHz) => {
  const { burst } = record(cardHz);
  expect(() => {
    for (let seconds = 0; seconds < 60; seconds += 1) burst(100);
  }).toThrow(/^found more than 16000 samples a second, expected sound as it is heard: /);
});
