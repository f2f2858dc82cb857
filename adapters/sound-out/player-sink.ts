import type { Clock } from '../../contract/clock.js';
import { startChildSink } from '../child-sink.js';
import { Pace } from './pace.js';
import type { Player } from './players.js';
import type { SoundSink } from './sound-sink.js';

/** How long it may take no more before it is taken for dead. */
const STUCK_SECONDS = 1;
/** How long it may play what it has at the end. */
const PLAY_OUT_MS = 120;

export interface PlayerContext {
  readonly clock: Clock;
  readonly rateHz: number;
  /** Called when it may want more, because it has told of what it took. */
  readonly took: () => void;
  /** Is told how it ended, and says what is to be said of that. */
  readonly explain?: (sentence: string) => string;
}

/** Starts a program that plays. */
export function openPlayer(player: Player, context: PlayerContext): SoundSink {
  const { clock, rateHz, took, explain = (sentence) => sentence } = context;
  const { aheadSeconds, blindSeconds } = player;
  const pace = new Pace(clock, { rateHz, aheadSeconds, catchUpSeconds: aheadSeconds, blindSeconds });
  const child = startChildSink(player, (line) => {
    const taken = player.takenBy(line);
    if (taken === undefined) return;
    pace.tell(taken);
    took();
  });
  let isStuck = false;
  let wasReady = true;
  const cancelWatch = clock.every(STUCK_SECONDS, () => {
    isStuck = !wasReady && !child.isReady;
    wasReady = child.isReady;
    if (isStuck) child.end();
  });
  return {
    get wanted() {
      return child.isReady ? pace.due : 0;
    },
    write(pcm) {
      pace.give(pcm.length / 2);
      child.write(pcm);
    },
    async close() {
      cancelWatch();
      await child.close(PLAY_OUT_MS);
    },
    ended: child.ended.then((sentence) => {
      cancelWatch();
      return explain(isStuck ? `${player.program} took no more sound and was ended` : sentence);
    }),
  };
}
