import { RetryLater } from '../contract/adapters.js';
import { type Clock, sleep } from '../contract/clock.js';
import { newSession } from '../contract/part.js';
import type { GlobalMessage } from '../contract/payloads/global.js';
import { backoffSeconds } from './backoff.js';
import { HttpFailure } from './http-request.js';
import type { Mapping } from './state-expression.js';
import type { SendWebhook } from './webhook-sender.js';

export interface StatePosterParts {
  readonly clock: Clock;
  readonly send: SendWebhook;
  readonly bodyOf: (state: GlobalMessage) => string;
  /** Seconds between two posts, at least. */
  readonly everySeconds: number;
  /** What has to move, and how far, for a state to be posted; without it every state is. */
  readonly change: { readonly of: Mapping; readonly step: number } | undefined;
}

/** POSTs states, one at a time; what fails for the moment is tried again with the newest state. */
export class StatePoster {
  private readonly parts: StatePosterParts;
  private readonly run = newSession();
  private count = 0;
  private current: GlobalMessage | undefined;
  private posted: { readonly value: number; readonly unified: boolean } | undefined;
  private nextAt = Number.NEGATIVE_INFINITY;
  private failures = 0;

  constructor(parts: StatePosterParts) {
    this.parts = parts;
  }

  /** @throws RetryLater when the newest state may be posted later; Error with a sentence when this one cannot be. */
  async write(state: GlobalMessage, signal: AbortSignal): Promise<void> {
    const { change, clock, everySeconds } = this.parts;
    const value = change?.of(state) ?? 0;
    if (change !== undefined && !this.hasMoved(value, state.unified, change.step)) return;
    await this.spacing(signal);
    if (signal.aborted) return;
    this.nextAt = clock.monotonicSeconds() + everySeconds;
    await this.post(state, signal);
    this.posted = { value, unified: state.unified };
    // Waiting here, and not before the post, lets the state that is newest then be the next one.
    await this.spacing(signal);
  }

  /** The next state is posted, whatever it is. */
  forget(): void {
    this.posted = undefined;
  }

  private hasMoved(value: number, unified: boolean, step: number): boolean {
    const { posted } = this;
    return posted === undefined || unified !== posted.unified || Math.abs(value - posted.value) >= step;
  }

  private async post(state: GlobalMessage, signal: AbortSignal): Promise<void> {
    const { send, bodyOf } = this.parts;
    try {
      await send(this.idOf(state), bodyOf(state), signal);
      this.failures = 0;
    } catch (error) {
      if (!(error instanceof HttpFailure) || !error.passing) throw error;
      this.failures += 1;
      const waitSeconds = Math.max(backoffSeconds(this.failures, Math.random()), error.retryAfterSeconds);
      throw new RetryLater(error.message, waitSeconds, { cause: error });
    }
  }

  /** The same for a state that is posted again. */
  private idOf(state: GlobalMessage): string {
    if (state !== this.current) this.count += 1;
    this.current = state;
    return `state_${this.run}_${this.count}`;
  }

  private async spacing(signal: AbortSignal): Promise<void> {
    const { clock } = this.parts;
    const waitSeconds = this.nextAt - clock.monotonicSeconds();
    if (waitSeconds > 0) await sleep(clock, waitSeconds, signal);
  }
}
