import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Pace, type PaceOptions } from '../../../adapters/sound-out/pace.js';
import { createManualClock } from '../../support/manual-clock.js';

const RATE = 48_000;
const MS = RATE / 1000;

function createPace(options: Partial<PaceOptions> = {}) {
  const clock = createManualClock();
  const pace = new Pace(clock, { rateHz: RATE, aheadSeconds: 0.01, catchUpSeconds: 0.01, ...options });
  const give = (): number => {
    const { due } = pace;
    pace.give(due);
    return due;
  };
  return { clock, pace, give };
}

describe('what never tells what it took', () => {
  test('is given the rate by our clock, and what waits ahead of it', () => {
    const { clock, give } = createPace();
    expect([give(), give()]).toEqual([480, 0]);
    let given = 0;
    for (let tick = 0; tick < 1000; tick += 1) {
      clock.advance(0.003);
      given += give();
    }
    expect(given).toBe(3 * RATE);
  });

  test('gets no more than it may after a pause, and then the rate again', () => {
    const { clock, give } = createPace();
    give();
    clock.advance(10);
    expect([give(), give()]).toEqual([480, 0]);
    clock.advance(0.005);
    expect(give()).toBe(240);
  });

  test('may be made up to after a pause, where that is asked for', () => {
    const { clock, give } = createPace({ aheadSeconds: 0, catchUpSeconds: 1 });
    clock.advance(0.7);
    expect(give()).toBe(0.7 * RATE);
    clock.advance(7);
    expect(give()).toBe(RATE);
  });
});

/**
 * A sound card with a clock of its own that holds so much, and the program before it, which takes a piece when there
 * is room for it; time goes in steps of 1 ms.
 *
 * @returns how many milliseconds of sound were under way at each step, and how often there was none.
 */
function playOn(card: { ppm: number; holds: number; piece: number; beginsAfterMs: number }, seconds: number) {
  const { clock, pace, give } = createPace({ blindSeconds: 0.23 });
  let [waiting, held, taken, dry, started] = [0, 0, 0, 0, false];
  const queued: number[] = [];
  for (let ms = 0; ms < 1000 * seconds; ms += 1) {
    clock.advance(0.001);
    if (ms % 10 === 0) waiting += give();
    if (ms < card.beginsAfterMs) continue;
    if (started) held -= MS * (1 + 1e-6 * card.ppm);
    if (started && held < 0) [dry, held] = [dry + 1, 0];
    while (waiting >= card.piece && held + card.piece <= card.holds) {
      [waiting, held, taken] = [waiting - card.piece, held + card.piece, taken + card.piece];
      pace.tell(taken);
      waiting += give();
    }
    started ||= held + card.piece > card.holds;
    queued.push((waiting + held) / MS);
  }
  return { queued, dry };
}

describe('what tells what it took', () => {
  test.each([-500, 0, 500])(
    'neither runs dry nor falls behind in ten minutes, when its clock is %d ppm off',
    (ppm) => {
      const { queued, dry } = playOn({ ppm, holds: 30 * MS, piece: 10 * MS, beginsAfterMs: 30 }, 600);
      const settled = queued.slice(1000);
      expect(dry).toBe(0);
      expect(settled.reduce((most, one) => Math.max(most, one))).toBeLessThan(41);
    },
  );

  test('is held back until it begins, and has forgotten that a second later', () => {
    const { queued, dry } = playOn({ ppm: 0, holds: 30 * MS, piece: 10 * MS, beginsAfterMs: 2000 }, 5);
    expect(queued[0]).toBeLessThanOrEqual(230);
    expect(Math.max(...queued.slice(1000))).toBeLessThan(41);
    expect(dry).toBe(0);
  });

  test('is given what it needs, however large its pieces and whatever it holds', () => {
    const cards = fc.record({
      ppm: fc.integer({ min: -500, max: 500 }),
      piece: fc.integer({ min: 1 * MS, max: 25 * MS }),
      pieces: fc.integer({ min: 2, max: 4 }),
      beginsAfterMs: fc.integer({ min: 0, max: 400 }),
    });
    fc.assert(
      fc.property(cards, ({ pieces, ...card }) => {
        const holds = Math.max(25 * MS, pieces * card.piece);
        const { queued, dry } = playOn({ ...card, holds }, 3);
        expect(dry).toBe(0);
        expect(Math.max(...queued.slice(1500))).toBeLessThanOrEqual(holds / MS + 11);
      }),
      { numRuns: 40 },
    );
  });

  test('but takes whatever it gets, as a file does, is held to the rate', () => {
    const { clock, pace, give } = createPace({ blindSeconds: 0.23 });
    let given = 0;
    for (let tick = 0; tick < 60_000; tick += 1) {
      clock.advance(0.01);
      // It is asked again as soon as it has told.
      for (let round = 0; round < 3; round += 1) {
        given += give();
        pace.tell(given);
      }
    }
    expect(given / (600 * RATE)).toBeLessThan(1.0013);
    expect(given / (600 * RATE)).toBeGreaterThanOrEqual(1);
  });

  test('and stands still, is given nothing more until it goes on', () => {
    const { clock, pace, give } = createPace({ blindSeconds: 0.2 });
    let given = 0;
    for (let tick = 0; tick < 1000; tick += 1) {
      clock.advance(0.01);
      given += give();
    }
    expect(given).toBe(0.2 * RATE);
    pace.tell(0.2 * RATE);
    expect(give()).toBe(480);
  });
});
