import { type Output, RetryLater } from '../contract/adapters.js';
import { type Clock, sleep, within } from '../contract/clock.js';
import { reasonOf } from '../contract/errors.js';
import type { EventMessage } from '../contract/payloads/event.js';
import type { GlobalMessage } from '../contract/payloads/global.js';
import { backoffSeconds } from './backoff.js';
import { EventLane } from './event-lane.js';
import type { OutputHealth } from './output-health.js';

/** What each step of closing may take, so that a stuck output delays the stop by less than a second. */
const CLOSING_STEP_SECONDS = 0.3;

export interface OutputRunnerOptions {
  /** Makes the output; a rejection means that it is to be tried again later. */
  readonly open: () => Output | Promise<Output>;
  readonly clock: Clock;
  readonly health: OutputHealth;
  /** Whether an event that the output could not take is offered to it again. */
  readonly keepsEvents?: boolean;
}

/**
 * Runs one output: one write at a time, silence before everything else, the newest state alone; events in order beside
 * them. However slow or broken the output is, nobody waits for it.
 */
export class OutputRunner {
  private readonly options: OutputRunnerOptions;
  private readonly events: EventLane;
  private readonly stopping = new AbortController();
  private output: Output | undefined;
  private state: GlobalMessage | undefined;
  private silence: string | undefined;
  private quiet = true;
  private running = false;
  private run = Promise.resolve();
  private current = new AbortController();

  constructor(options: OutputRunnerOptions) {
    this.options = options;
    this.events = new EventLane(
      (event) => this.handle(event),
      () => options.health.droppedEvent(),
      // A broker of our own process hands over what it has at once, and cannot be asked for it again.
      options.keepsEvents ? Number.POSITIVE_INFINITY : undefined,
    );
  }

  /** Makes the output, however often that takes; what is handed over meanwhile waits for it. */
  async start(): Promise<void> {
    const { open, clock, health } = this.options;
    for (let failures = 1; !this.closing; failures += 1) {
      try {
        // Not awaited where there is nothing to wait for: it then acts on the first state.
        const made = open();
        await this.opened(made instanceof Promise ? await made : made);
        return;
      } catch (error) {
        if (this.closing) return;
        health.failed(reasonOf(error));
        await sleep(clock, backoffSeconds(failures, Math.random()), this.stopping.signal);
      }
    }
  }

  /** Hands over a fresh state; one that still waits is replaced. */
  offer(state: GlobalMessage): void {
    this.state = state;
    this.wake();
  }

  /** Hands over an event; resolves to true once the output has taken it or wants none, to false when it never will. */
  async tell(event: EventMessage): Promise<boolean> {
    if (this.output !== undefined && this.output.event === undefined) return true;
    return !this.closing && this.events.push(event);
  }

  /** No state that was handed over holds any more: ends the write under way and quiets the output. */
  fallSilent(reason: string): void {
    this.dropState();
    this.silence = reason;
    this.wake();
  }

  /** Quiets the output, if it is not, and closes it; within a second. Never rejects. */
  async close(): Promise<void> {
    if (this.closing) return;
    this.stopping.abort();
    this.dropState();
    await within(this.options.clock, CLOSING_STEP_SECONDS, Promise.all([this.run, this.events.stop()]));
    const { output } = this;
    if (output === undefined) return;
    if (!this.quiet) await this.closingStep(() => output.quiet?.('the outputs are stopping'));
    await this.closingStep(() => output.close?.());
  }

  private get closing(): boolean {
    return this.stopping.signal.aborted;
  }

  private async opened(output: Output): Promise<void> {
    if (this.closing) {
      await this.closingStep(() => output.close?.());
      return;
    }
    this.output = output;
    this.options.health.open();
    if (output.event === undefined) void this.events.stop();
    else this.events.start();
    this.wake();
  }

  private dropState(): void {
    this.state = undefined;
    this.current.abort();
    this.current = new AbortController();
  }

  private wake(): void {
    if (this.running || this.closing || this.output === undefined) return;
    this.running = true;
    this.run = this.work(this.output);
  }

  private async work(output: Output): Promise<void> {
    while (!this.closing && (this.silence !== undefined || this.state !== undefined)) {
      if (this.silence !== undefined) await this.quieten(output, this.silence);
      else if (this.state !== undefined) await this.write(output, this.state);
    }
    this.running = false;
  }

  private async quieten(output: Output, reason: string): Promise<void> {
    this.silence = undefined;
    this.quiet = true;
    this.options.health.quiet(reason);
    await this.goodbye(() => output.quiet?.(reason));
  }

  private async write(output: Output, state: GlobalMessage): Promise<void> {
    const { clock, health } = this.options;
    this.state = undefined;
    this.quiet = false;
    health.quiet(null);
    const { signal } = this.current;
    try {
      await output.write(state, signal);
      if (!signal.aborted) health.wrote();
    } catch (error) {
      // A call that was aborted neither fails nor succeeds.
      if (signal.aborted) return;
      health.failed(reasonOf(error));
      if (!(error instanceof RetryLater)) return;
      this.state ??= state;
      await sleep(clock, error.afterSeconds, signal);
    }
  }

  private async handle(event: EventMessage): Promise<boolean> {
    const { clock, health, keepsEvents = false } = this.options;
    const { signal } = this.stopping;
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        await this.output?.event?.(event, signal);
        if (!signal.aborted) health.tookEvent();
        return true;
      } catch (error) {
        if (!signal.aborted) health.failed(reasonOf(error));
        if (!keepsEvents) return false;
        await sleep(clock, backoffSeconds(failures, Math.random()), signal);
      }
    }
    return false;
  }

  private async closingStep(call: () => Promise<void> | void | undefined): Promise<void> {
    await within(this.options.clock, CLOSING_STEP_SECONDS, this.goodbye(call));
  }

  /** A call that may fail, but says nothing about whether the output works. */
  private async goodbye(call: () => Promise<void> | void | undefined): Promise<void> {
    try {
      await call();
    } catch (error) {
      this.options.health.failed(reasonOf(error));
    }
  }
}
