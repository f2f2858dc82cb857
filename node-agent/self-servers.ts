import type { Clock } from '../contract/clock.js';
import type { Link, LinkMessage } from '../contract/link.js';
import { readMessage } from '../contract/messages.js';
import type { Topics } from '../contract/topics.js';
import { createIdleTimer, type IdleTimer } from './idle-timer.js';

/** A node that published its own phase is left to itself until it has been silent for so long. */
const SILENCE_SECONDS = 60;
export interface SelfServerOptions {
  readonly topics: Topics;
  readonly clock: Clock;
  readonly subscribe: Link['subscribe'];
  /** Whether a session is an agent's, this one's or another's: their infos tell what they serve. */
  readonly isAgent: (session: string) => boolean;
  /** Called when a watched node turns out to publish its own phase. */
  readonly found: (node: string) => void;
}

/** Knows which nodes publish their own phase, among those it was told to watch. */
export interface SelfServers {
  watch(node: string): void;
  /** Watches a node no longer; one that publishes its own phase stays known until it is silent. */
  unwatch(node: string): void;
  has(node: string): boolean;
  stop(): void;
}

interface Watch {
  readonly unsubscribe: Promise<() => void>;
  /** Runs since its latest phase; undefined while it has published none. */
  silence: IdleTimer | undefined;
}

export function createSelfServers(options: SelfServerOptions): SelfServers {
  const { topics, clock, subscribe, isAgent, found } = options;
  const watches = new Map<string, Watch>();

  const forget = (node: string, watch: Watch): void => {
    watches.delete(node);
    void watch.unsubscribe.then((unsubscribe) => unsubscribe());
  };
  const hear = (node: string, message: LinkMessage): void => {
    const watch = watches.get(node);
    if (watch === undefined || message.retained) return;
    const read = readMessage('phase', message.payload);
    if ('reason' in read) return;
    const { session } = read.message;
    if (session !== undefined && isAgent(session)) return;
    watch.silence?.touch();
    if (watch.silence !== undefined) return;
    watch.silence = createIdleTimer(clock, SILENCE_SECONDS, () => forget(node, watch));
    found(node);
  };

  return {
    watch(node) {
      const unsubscribe = subscribe(topics.filter('phase', { node }), (message) => hear(node, message));
      watches.set(node, { unsubscribe, silence: undefined });
    },
    unwatch(node) {
      const watch = watches.get(node);
      if (watch !== undefined && watch.silence === undefined) forget(node, watch);
    },
    has: (node) => watches.get(node)?.silence !== undefined,
    stop() {
      for (const { silence } of watches.values()) silence?.cancel();
    },
  };
}
