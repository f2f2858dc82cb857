import { createHash } from 'node:crypto';
import type { OutputContext } from '../contract/adapters.js';
import { sleep } from '../contract/clock.js';
import { reasonOf } from '../contract/errors.js';
import type { EventMessage } from '../contract/payloads/event.js';
import { backoffSeconds } from './backoff.js';
import type { EventSpool, SpooledEvent } from './event-spool.js';
import { HttpFailure } from './http-request.js';
import type { SendWebhook } from './webhook-sender.js';

/**
 * What a server says of the address or the token, not of what was posted: whoever mends that gets every event. A proxy
 * answers 404 for a server that is away.
 *
 * @see RFC 9110, 15.5
 */
const ABOUT_THE_ADDRESS: ReadonlySet<number | undefined> = new Set([401, 403, 404, 405, 410]);

export interface DeliveryParts extends Pick<OutputContext, 'clock' | 'log' | 'degrade'> {
  readonly send: SendWebhook;
  readonly bodyOf: (event: EventMessage) => string;
}

/**
 * Delivers spooled events one at a time, in order. What fails is tried again, later each time; an event that the server
 * refuses for what it is gets logged and left out.
 */
export class WebhookDelivery {
  private readonly parts: DeliveryParts;
  private failures = 0;
  private failure: string | null = null;
  private dropped = 0;
  private told: string | null = null;

  constructor(parts: DeliveryParts) {
    this.parts = parts;
  }

  /** Delivers until `signal` aborts. Never rejects. */
  async run(spool: EventSpool, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const event = await spool.next(signal);
        if (event === undefined) return;
        await this.send(event, signal);
        await spool.delivered(event);
        this.succeeded(spool);
      } catch (error) {
        if (!signal.aborted) await this.failed(error, signal);
      }
    }
  }

  /** The spool was full: so many events will not be delivered. */
  lost(events: number): void {
    this.dropped += events;
    this.tell();
  }

  private async send({ text }: SpooledEvent, signal: AbortSignal): Promise<void> {
    const { send, bodyOf, log } = this.parts;
    const event = JSON.parse(text) as EventMessage;
    try {
      await send(idOf(text), bodyOf(event), signal);
      this.failure = null;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const reason = reasonOf(error);
      log.warn({ code: 'OUTPUT_FAILED', reason, event }, 'event refused');
      this.failure = `${reason}; it refused a ${event.type}, which the log has`;
    }
  }

  private succeeded({ waiting }: EventSpool): void {
    this.failures = 0;
    if (waiting === 0) this.dropped = 0;
    this.tell();
  }

  private async failed(error: unknown, signal: AbortSignal): Promise<void> {
    this.failures += 1;
    this.failure = reasonOf(error);
    this.tell();
    const askedSeconds = error instanceof HttpFailure ? error.retryAfterSeconds : 0;
    const waitSeconds = Math.max(backoffSeconds(this.failures, Math.random()), askedSeconds);
    await sleep(this.parts.clock, waitSeconds, signal);
  }

  private tell(): void {
    const losses =
      this.dropped === 0 ? null : `spool_limit was reached, and ${this.dropped} events were dropped`;
    const reasons = [this.failure, losses].filter((reason) => reason !== null);
    const sentence = reasons.length === 0 ? null : reasons.join('; ');
    if (sentence === this.told) return;
    this.told = sentence;
    this.parts.degrade(sentence);
  }
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof HttpFailure) || error.passing) return false;
  return (error.status ?? 0) >= 400 && !ABOUT_THE_ADDRESS.has(error.status);
}

/** Out of the event itself: one that the broker delivers again is known by it, too. */
function idOf(text: string): string {
  return `event_${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`;
}
