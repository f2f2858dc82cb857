import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createPacedDrive } from '../../../adapters/drive/paced-drive.js';
import type { SpeedPair } from '../../../adapters/drive/speed-pair.js';
import { createManualClock } from '../../support/manual-clock.js';

interface Command {
  readonly atSeconds: number;
  readonly speeds: SpeedPair;
}

function createBench(slewPerSecond = 2, periodSeconds = 0.02) {
  const clock = createManualClock();
  const commands: Command[] = [];
  const send = (speeds: SpeedPair): void =>
    void commands.push({ atSeconds: clock.monotonicSeconds(), speeds });
  const drive = createPacedDrive({ clock, slewPerSecond, periodSeconds, send });
  return { clock, drive, commands, last: () => commands.at(-1)?.speeds };
}

describe('a drive', () => {
  test('reaches full speed after 1 / slew, and then keeps commanding it', () => {
    const { clock, drive, commands, last } = createBench(2);
    drive.aim([1, -0.5]);
    clock.advance(0.24);
    expect(last()?.[0]).toBeCloseTo(0.52, 9);
    expect(last()?.[1]).toBe(-0.5);
    clock.advance(0.26);
    expect(last()).toEqual([1, -0.5]);
    const before = commands.length;
    clock.advance(1);
    expect(commands.length - before).toBe(50);
    expect(last()).toEqual([1, -0.5]);
  });

  test('acts on the first aim at once, and by no more than a period allows', () => {
    const { drive, commands } = createBench(2);
    drive.aim([1, 1]);
    expect(commands.map(({ speeds }) => speeds)).toEqual([[0.04, 0.04]]);
  });

  test('stops at once, commands nothing more, and stops once', () => {
    const { clock, drive, commands, last } = createBench();
    drive.aim([1, 1]);
    clock.advance(1);
    drive.stop();
    expect(last()).toEqual([0, 0]);
    const before = commands.length;
    drive.stop();
    clock.advance(60);
    expect(commands).toHaveLength(before);
  });

  test('that has never moved can be told to stop', () => {
    const { drive, commands } = createBench();
    drive.stop();
    expect(commands.map(({ speeds }) => speeds)).toEqual([[0, 0]]);
  });

  test('takes two zeros for a stop, and goes on commanding them', () => {
    const { clock, drive, commands, last } = createBench();
    drive.aim([1, 1]);
    clock.advance(1);
    drive.aim([0, 0]);
    expect(last()).toEqual([0, 0]);
    const before = commands.length;
    clock.advance(0.1);
    expect(commands.length).toBe(before + 5);
    expect(last()).toEqual([0, 0]);
  });

  test('starts from zero after a stop, and after a pause of its own process', () => {
    const { clock, drive, last } = createBench();
    drive.aim([1, 1]);
    clock.advance(1);
    drive.stop();
    drive.aim([1, 1]);
    expect(last()?.[0]).toBeLessThanOrEqual(0.04);

    const paused = createBench();
    const { every } = paused.clock;
    let tick = (): void => {};
    paused.clock.every = (period, task) => {
      tick = task;
      return every(period, () => {});
    };
    paused.drive.aim([1, 1]);
    for (let step = 0; step < 60; step += 1) {
      paused.clock.advance(0.02);
      tick();
    }
    expect(paused.last()).toEqual([1, 1]);
    paused.clock.advance(0.2);
    tick();
    expect(paused.last()).toEqual([1, 1]);
    paused.clock.advance(0.26);
    tick();
    expect(paused.last()).toEqual([0.04, 0.04]);
  });

  test('never changes faster than its slew, unless it stops, and never leaves full speed', () => {
    const speed = fc.oneof(fc.constantFrom(-1, 0, 1), fc.double({ min: -1, max: 1, noNaN: true }));
    const act = fc.record({
      aim: fc.option(fc.tuple(speed, speed), { nil: undefined, freq: 8 }),
      waitSeconds: fc.double({ min: 0, max: 0.4, noNaN: true }),
    });
    const settings = fc.record({
      slew: fc.double({ min: 0.01, max: 20, noNaN: true }),
      period: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
    });
    fc.assert(
      fc.property(settings, fc.array(act, { maxLength: 60 }), ({ slew, period }, acts) => {
        const { clock, drive, commands } = createBench(slew, period);
        for (const { aim, waitSeconds } of acts) {
          if (aim === undefined) drive.stop();
          else drive.aim(aim);
          clock.advance(waitSeconds);
        }
        let before: Command = { atSeconds: Number.NEGATIVE_INFINITY, speeds: [0, 0] };
        for (const command of commands) {
          const isStop = command.speeds.every((one) => one === 0);
          const most = slew * (command.atSeconds - before.atSeconds) + 1e-12;
          for (const index of [0, 1] as const) {
            expect(Math.abs(command.speeds[index])).toBeLessThanOrEqual(1);
            if (!isStop)
              expect(Math.abs(command.speeds[index] - before.speeds[index])).toBeLessThanOrEqual(most);
          }
          before = command;
        }
      }),
      { numRuns: 300 },
    );
  });
});
