import { type Clock, sleep } from '../../contract/clock.js';
import type { OpenLink } from '../../contract/link.js';
import { textOf } from '../../contract/wire.js';
import { HeardTopics } from './heard-topics.js';

/** How to listen. */
export interface Listening {
  readonly openLink: OpenLink;
  readonly clock: Clock;
  readonly seconds: number;
  /** Whether a topic is one of this mesh, and of no interest. */
  readonly isOwn: (topic: string) => boolean;
  /** Called once a second with what there is so far. */
  readonly progress: (heard: HeardTopics, secondsLeft: number) => void;
}

/** What came, and what the broker calls itself where it says so. */
export interface HeardHouse {
  readonly heard: HeardTopics;
  readonly brokerVersion: string | undefined;
}

const VERSION_TOPIC = '$SYS/broker/version';

/**
 * Listens to everything on a broker for so long, or until `signal` aborts.
 *
 * @throws MeshError LINK_REFUSED or LINK_AWAY when there is no way to the broker, or no longer one.
 */
export async function hearHouse(listening: Listening, signal: AbortSignal): Promise<HeardHouse> {
  const { openLink, clock, seconds, isOwn, progress } = listening;
  const heard = new HeardTopics();
  let brokerVersion: string | undefined;
  const link = await openLink({ name: 'discover' }, signal);
  const ended = new AbortController();
  void link.closed.then(() => ended.abort());
  try {
    await link.subscribe(VERSION_TOPIC, ({ payload }) => {
      brokerVersion = textOf(payload);
    });
    await link.subscribe('#', (message) => {
      if (!isOwn(message.topic)) heard.take(message);
    });
    const start = clock.monotonicSeconds();
    const tell = (): void => progress(heard, Math.max(0, start + seconds - clock.monotonicSeconds()));
    tell();
    const cancel = clock.every(1, tell);
    await sleep(clock, seconds, AbortSignal.any([signal, ended.signal]));
    cancel();
    const error = ended.signal.aborted ? await link.closed : undefined;
    if (error !== undefined) throw error;
  } finally {
    await link.close();
  }
  return { heard, brokerVersion };
}
