import type { Clock } from '../contract/clock.js';
import { formatTimestamp } from '../contract/instant.js';
import type { PhaseMessage } from '../contract/payloads/phase.js';
import type { Voice } from './voice.js';

export interface PhasePublisherOptions {
  readonly node: string;
  readonly intervalSeconds: number;
  readonly clock: Clock;
  readonly voice: Voice;
}

/** What a node says of itself, but for when and in what order it says it. */
export type PhaseContent = Omit<PhaseMessage, 'timestamp' | 'sequence'>;

/** Publishes a node's latest phase at a steady interval. What the link cannot take is dropped: only the latest counts. */
export interface PhasePublisher {
  /** Publishes at once and then at every interval, until `stop`; without effect when it already does. */
  start(): void;
  /** Publishes once, out of turn; without effect unless started. */
  now(): void;
  stop(): void;
}

/**
 * @param content called for each message.
 * @param published called after each message that the link took.
 */
export function createPhasePublisher(
  { node, intervalSeconds, clock, voice }: PhasePublisherOptions,
  content: () => PhaseContent,
  published: () => void = () => {},
): PhasePublisher {
  let sequence = 0;
  let cancel: (() => void) | undefined;
  const send = (): void => {
    const timestamp = formatTimestamp(clock.nowSeconds());
    if (!voice.say('phase', { node }, { ...content(), timestamp, sequence })) return;
    sequence += 1;
    published();
  };
  return {
    start() {
      if (cancel !== undefined) return;
      cancel = clock.every(intervalSeconds, send);
      send();
    },
    now() {
      if (cancel !== undefined) send();
    },
    stop() {
      cancel?.();
      cancel = undefined;
    },
  };
}
