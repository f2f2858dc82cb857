import type { Clock } from '../../contract/clock.js';
import { AT_REST, isAtRest, type SpeedPair } from './speed-pair.js';

/** A receiver that has heard nothing for so long may have stopped by itself: the process of the pins after 0.3 s. */
const STALLED_SECONDS = 0.25;

export interface PacedDriveOptions {
  readonly clock: Clock;
  /** Between two commands. */
  readonly periodSeconds: number;
  /** How much faster or slower it may become within a second; 1 is full speed. */
  readonly slewPerSecond: number;
  /** Commands the speeds; called again and again while it moves. */
  readonly send: (speeds: SpeedPair) => void;
}

/** Something that moves: it nears the speeds that are wanted, no faster than it may, and stops at once. */
export interface PacedDrive {
  /** Wants these speeds from now on; both 0 is a stop, too. */
  aim(wanted: SpeedPair): void;
  /** Stands still at once, and commands nothing more until the next `aim`. */
  stop(): void;
}

/**
 * Makes a drive. Two commands differ by no more than the slew times the time between them, unless the second is zero.
 */
export function createPacedDrive(options: PacedDriveOptions): PacedDrive {
  const { clock, periodSeconds, slewPerSecond, send } = options;
  let wanted = AT_REST;
  let current = AT_REST;
  let commandedAt = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  let isStopped = false;
  const command = (speeds: SpeedPair): void => {
    current = speeds;
    commandedAt = clock.monotonicSeconds();
    send(speeds);
  };
  const step = (): void => {
    const elapsedSeconds = clock.monotonicSeconds() - commandedAt;
    if (elapsedSeconds > Math.max(STALLED_SECONDS, 2 * periodSeconds)) current = AT_REST;
    const most = slewPerSecond * Math.min(elapsedSeconds, periodSeconds);
    command([nearer(current[0], wanted[0], most), nearer(current[1], wanted[1], most)]);
  };
  return {
    aim(speeds) {
      wanted = speeds;
      if (isAtRest(wanted) && !isAtRest(current)) command(AT_REST);
      if (cancel !== undefined) return;
      isStopped = false;
      step();
      cancel = clock.every(periodSeconds, step);
    },
    stop() {
      if (isStopped) return;
      isStopped = true;
      cancel?.();
      cancel = undefined;
      command(AT_REST);
    },
  };
}

function nearer(from: number, to: number, most: number): number {
  const gap = to - from;
  return Math.abs(gap) <= most ? to : from + Math.sign(gap) * most;
}
