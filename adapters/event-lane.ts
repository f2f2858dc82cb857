import type { EventMessage } from '../contract/payloads/event.js';

/** Events that wait for a slow output; the oldest go first. */
const MOST_EVENTS = 100;

interface Waiting {
  readonly event: EventMessage;
  readonly done: () => void;
}

/** Hands events over one at a time, in order, beside the states. */
export class EventLane {
  private readonly handle: (event: EventMessage) => Promise<void>;
  private readonly dropped: () => void;
  private waiting: Waiting[] = [];
  private running = false;
  private open = false;
  private current = Promise.resolve();

  /**
   * @param handle takes one event, and does not reject.
   * @param dropped called for each event that had to go unheard.
   */
  constructor(handle: (event: EventMessage) => Promise<void>, dropped: () => void) {
    this.handle = handle;
    this.dropped = dropped;
  }

  /** Resolves once the event has been taken, or dropped. */
  push(event: EventMessage): Promise<void> {
    return new Promise((done) => {
      this.waiting.push({ event, done });
      if (this.waiting.length > MOST_EVENTS) {
        this.waiting.shift()?.done();
        this.dropped();
      }
      this.wake();
    });
  }

  /** Begins to hand over. */
  start(): void {
    this.open = true;
    this.wake();
  }

  /** Hands over no more; resolves when the call under way has ended. */
  stop(): Promise<void> {
    this.open = false;
    for (const { done } of this.waiting) done();
    this.waiting = [];
    return this.current;
  }

  private wake(): void {
    if (this.running || !this.open) return;
    this.running = true;
    this.current = this.work();
  }

  private async work(): Promise<void> {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      await this.handle(next.event);
      next.done();
    }
    this.running = false;
  }
}
