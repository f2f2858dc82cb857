import { once } from 'node:events';
import type { InputContext } from '../contract/adapters.js';
import { type Clock, sleep } from '../contract/clock.js';
import { type Instant, instantFromSeconds, secondsBetween } from '../contract/instant.js';
import { type RecordingOptions, readRecording } from './recording.js';

export interface PlayerOptions extends RecordingOptions {
  /** How many times faster than recorded. */
  readonly speed: number;
  /** Whether it begins again when it has ended. */
  readonly loop: boolean;
}

/** A timer takes no longer waits than 24.8 days. */
const LONGEST_SLEEP_SECONDS = 86_400;
/** However fast a recording is played, it does not begin again more often. */
const SHORTEST_SEAM_SECONDS = 0.001;

/**
 * Reads out each row of a recording when it is due, counted from the start so that lateness does not add up, and
 * stamps it with the time at which it was due: the clock's own, with exactly the recorded spacing.
 *
 * @param began called before the first row, each time the recording begins.
 * @returns resolves when `signal` aborts; a recording that has ended is waited with.
 * @throws Error with a sentence when the file cannot be read, or holds no row that can be.
 */
export async function playRecording(
  options: PlayerOptions,
  context: InputContext,
  signal: AbortSignal,
  began: () => void = () => {},
): Promise<void> {
  const timeline = createTimeline(context.clock, signal);
  let beginsAt: number | null = 0;
  do {
    began();
    beginsAt = await playOnce(options, context, timeline, beginsAt);
    if (signal.aborted) return;
    if (beginsAt === null) throw new Error(`${options.file} holds no row that can be read, expected some`);
  } while (options.loop);
  context.lose(`the recording ${options.file} has ended`);
  if (!signal.aborted) await once(signal, 'abort');
}

/** Seconds since the start, by the monotonic clock. */
interface Timeline {
  /** Waits until so many have passed; false when it is to stop. */
  reach(seconds: number): Promise<boolean>;
  /** What the wall clock shows then, if nobody sets it. */
  at(seconds: number): Instant;
}

function createTimeline(clock: Clock, signal: AbortSignal): Timeline {
  const startSeconds = clock.monotonicSeconds();
  const start = instantFromSeconds(clock.nowSeconds());
  return {
    async reach(seconds) {
      const left = (): number => startSeconds + seconds - clock.monotonicSeconds();
      while (left() > 0 && !signal.aborted)
        await sleep(clock, Math.min(LONGEST_SLEEP_SECONDS, left()), signal);
      return !signal.aborted;
    },
    at(seconds) {
      const { wholeSeconds, fraction } = instantFromSeconds(start.fraction + seconds);
      return { wholeSeconds: start.wholeSeconds + wholeSeconds, fraction };
    },
  };
}

/** @returns when it may begin again, in seconds of the timeline; null when no row could be read. */
async function playOnce(
  options: PlayerOptions,
  { everySeconds, emit, reject }: InputContext,
  timeline: Timeline,
  beginsAt: number,
): Promise<number | null> {
  const { file, speed } = options;
  let first: Instant | undefined;
  let count = 0;
  /** Recorded seconds from the first row to the last, and to the last from the one before. */
  let sinceFirst = 0;
  let gap = everySeconds;
  for await (const row of readRecording(options)) {
    if ('reason' in row) {
      reject(row.reason);
      continue;
    }
    const { line, at, ...reading } = row;
    first ??= at;
    const seconds = first && at ? secondsBetween(first, at) : count * everySeconds;
    if (count > 0 && seconds <= sinceFirst) {
      reject(`${file}:${line}: found a time not later than that of the row before, expected a later one`);
      continue;
    }
    if (count > 0) gap = seconds - sinceFirst;
    sinceFirst = seconds;
    count += 1;
    const dueAt = beginsAt + sinceFirst / speed;
    if (!(await timeline.reach(dueAt))) return null;
    emit({ ...reading, at: timeline.at(dueAt) });
  }
  return count === 0 ? null : beginsAt + sinceFirst / speed + Math.max(SHORTEST_SEAM_SECONDS, gap / speed);
}
