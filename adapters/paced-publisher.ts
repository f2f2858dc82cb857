import { type OutputContext, RetryLater } from '../contract/adapters.js';
import { sleep } from '../contract/clock.js';

/** A message on one of somebody else's topics. */
export interface Command {
  readonly topic: string;
  readonly text: string;
}

export interface PacedOptions {
  /** Between two commands, at least. */
  readonly everySeconds: number;
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
}

/** Publishes commands on change, and no more often than whoever obeys them can bear. */
export interface PacedPublisher {
  /**
   * Publishes a command unless it was the last one, then waits until another may follow.
   *
   * @throws RetryLater when the link dropped it.
   */
  publish(command: Command, signal: AbortSignal): Promise<void>;
  /** Publishes a command at once, unless it was the last one, whatever became of it. */
  publishNow(command: Command): void;
}

export function createPacedPublisher(
  { clock, publish }: OutputContext,
  { everySeconds, qos = 0, retain = false }: PacedOptions,
): PacedPublisher {
  let last: Command | undefined;
  let dueAt = Number.NEGATIVE_INFINITY;
  const isSame = ({ topic, text }: Command): boolean => last?.topic === topic && last.text === text;
  const untilDue = (signal: AbortSignal): Promise<void> =>
    sleep(clock, Math.max(0, dueAt - clock.monotonicSeconds()), signal);
  return {
    async publish(command, signal) {
      if (isSame(command)) return;
      // Only after a silence, which does not wait: otherwise the wait after the last command has passed.
      if (clock.monotonicSeconds() < dueAt) await untilDue(signal);
      if (signal.aborted) return;
      if (!publish(command.topic, command.text, { qos, retain })) {
        throw new RetryLater('the broker did not take the message, because the link is down or busy', 1);
      }
      last = command;
      dueAt = clock.monotonicSeconds() + everySeconds;
      // Waiting here lets the state that is newest then be the next one.
      await untilDue(signal);
    },
    publishNow(command) {
      if (isSame(command)) return;
      publish(command.topic, command.text, { qos, retain });
      last = command;
      dueAt = clock.monotonicSeconds() + everySeconds;
    },
  };
}
