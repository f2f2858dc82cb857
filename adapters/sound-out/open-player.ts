import { type Clock, sleep, systemClock } from '../../contract/clock.js';
import { openPlayer } from './player-sink.js';
import { findPlayers, type PlayerName, type Playing, playerOf } from './players.js';
import { type OpenSink, PROVEN_SECONDS } from './sound-sink.js';

const TRIAL_TICK_SECONDS = 0.02;

/**
 * Makes a function that starts a player. Where several are installed and one could not play, the next one is tried the
 * next time; what was wrong with each is said together.
 *
 * @returns a function that rejects with a sentence when no player is installed.
 */
export function createPlayerOpener(playing: Playing, clock: Clock): OpenSink {
  const failures = new Map<PlayerName, string>();
  let turn = 0;
  return async (took) => {
    const names = await findPlayers(playing);
    const name = names[turn % names.length] ?? names[0];
    const startedAt = clock.monotonicSeconds();
    const explain = (sentence: string): string => {
      if (clock.monotonicSeconds() - startedAt < PROVEN_SECONDS) turn += 1;
      else failures.clear();
      failures.set(name, sentence);
      return [...failures.values()].join('; ');
    };
    const { rateHz } = playing;
    return openPlayer(await playerOf(name, playing), { clock, rateHz, took, explain });
  };
}

/**
 * Plays silence for a second through each player that there is, until one can.
 *
 * @throws Error with a sentence a player when none can.
 */
export async function findWorkingPlayer(playing: Playing): Promise<PlayerName> {
  const failures: string[] = [];
  for (const name of await findPlayers(playing)) {
    const failure = await tryPlayer(name, playing);
    if (failure === undefined) return name;
    failures.push(failure);
  }
  throw new Error(failures.join('; '));
}

async function tryPlayer(name: PlayerName, playing: Playing): Promise<string | undefined> {
  const feed = (): void => sink.write(Buffer.alloc(2 * sink.wanted));
  const context = { clock: systemClock, rateHz: playing.rateHz, took: feed };
  const sink = openPlayer(await playerOf(name, playing), context);
  const cancel = systemClock.every(TRIAL_TICK_SECONDS, feed);
  const over = new AbortController();
  const failure = await Promise.race([sink.ended, sleep(systemClock, PROVEN_SECONDS, over.signal)]);
  over.abort();
  cancel();
  await sink.close();
  return failure ?? undefined;
}
