import { type Output, RetryLater } from '../contract/adapters.js';
import { type Clock, sleep, within } from '../contract/clock.js';
import { reasonOf } from '../contract/errors.js';
import type { Log } from '../contract/log.js';
import type { EventMessage } from '../contract/payloads/event.js';
import type { GlobalMessage } from '../contract/payloads/global.js';
import { OutputHealth } from './output-health.js';

/** Events that wait for a slow output; the oldest go first. */
const MOST_EVENTS = 100;
/** What each step of closing may take, so that a stuck output delays the stop by less than a second. */
const CLOSING_STEP_SECONDS = 0.3;

/**
 * Runs one output: one call at a time, silence before everything else, the newest state alone, events in order.
 * However slow or broken the output is, nobody waits for it.
 */
export class OutputRunner {
  private readonly output: Output;
  private readonly clock: Clock;
  private readonly health: OutputHealth;
  private state: GlobalMessage | undefined;
  private events: EventMessage[] = [];
  private silence: string | undefined;
  private quiet = true;
  private closing = false;
  private running = false;
  private run = Promise.resolve();
  private current = new AbortController();

  constructor(output: Output, clock: Clock, log: Log) {
    this.output = output;
    this.clock = clock;
    this.health = new OutputHealth(log);
  }

  /** Hands over a fresh state; one that still waits is replaced. */
  offer(state: GlobalMessage): void {
    this.state = state;
    this.wake();
  }

  /** Hands over an event. */
  tell(event: EventMessage): void {
    if (this.output.event === undefined) return;
    this.events.push(event);
    if (this.events.length > MOST_EVENTS) {
      this.events.shift();
      this.health.droppedEvent();
    }
    this.wake();
  }

  /** Nothing that was handed over holds any more: ends the call under way and quiets the output. */
  fallSilent(reason: string): void {
    this.drop();
    this.silence = reason;
    this.wake();
  }

  /** Quiets the output, if it is not, and closes it; within a second. Never rejects. */
  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    this.drop();
    await within(this.clock, CLOSING_STEP_SECONDS, this.run);
    if (!this.quiet) await within(this.clock, CLOSING_STEP_SECONDS, this.quieten('the outputs are stopping'));
    await within(
      this.clock,
      CLOSING_STEP_SECONDS,
      this.goodbye(() => this.output.close?.()),
    );
  }

  private drop(): void {
    this.state = undefined;
    this.events = [];
    this.current.abort();
    this.current = new AbortController();
  }

  private wake(): void {
    if (this.running || this.closing) return;
    this.running = true;
    this.run = this.work();
  }

  private async work(): Promise<void> {
    while (!this.closing && this.hasWork()) await this.step();
    this.running = false;
  }

  private hasWork(): boolean {
    return this.silence !== undefined || this.state !== undefined || this.events.length > 0;
  }

  /** Silence alone; else one state and one event, so that neither holds the other back. */
  private async step(): Promise<void> {
    if (this.silence !== undefined) return this.quieten(this.silence);
    this.quiet = false;
    if (this.state !== undefined) await this.write(this.state);
    const event = this.events.shift();
    if (event !== undefined) await this.attempt(async (signal) => this.output.event?.(event, signal));
  }

  private async quieten(reason: string): Promise<void> {
    this.silence = undefined;
    this.quiet = true;
    await this.goodbye(() => this.output.quiet?.(reason));
  }

  private async write(state: GlobalMessage): Promise<void> {
    this.state = undefined;
    const { signal } = this.current;
    const error = await this.attempt(async () => this.output.write(state, signal));
    if (!(error instanceof RetryLater) || signal.aborted) return;
    this.state ??= state;
    await sleep(this.clock, error.afterSeconds, signal);
  }

  /** @returns what the call threw; a call that was aborted neither fails nor succeeds. */
  private async attempt(call: (signal: AbortSignal) => Promise<void>): Promise<unknown> {
    const { signal } = this.current;
    try {
      await call(signal);
      if (!signal.aborted) this.health.succeeded();
      return undefined;
    } catch (error) {
      if (!signal.aborted) this.health.failed(reasonOf(error));
      return error;
    }
  }

  /** A call that may fail, but says nothing about whether the output works. */
  private async goodbye(call: () => Promise<void> | void | undefined): Promise<void> {
    try {
      await call();
    } catch (error) {
      this.health.failed(reasonOf(error));
    }
  }
}
