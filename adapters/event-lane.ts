import type { EventMessage } from '../contract/payloads/event.js';

/** Events that wait for a slow output; the oldest go first. */
const MOST_EVENTS = 100;

interface Waiting {
  readonly event: EventMessage;
  readonly done: (taken: boolean) => void;
}

/** Hands events over one at a time, in order, beside the states. */
export class EventLane {
  private readonly handle: (event: EventMessage) => Promise<boolean>;
  private readonly dropped: () => void;
  private readonly most: number;
  private waiting: Waiting[] = [];
  private running = false;
  private open = false;
  private current = Promise.resolve();

  /**
   * @param handle takes one event, says whether it has been taken, and does not reject.
   * @param dropped called for each event that had to go unheard.
   * @param most how many may wait.
   */
  constructor(handle: (event: EventMessage) => Promise<boolean>, dropped: () => void, most = MOST_EVENTS) {
    this.handle = handle;
    this.dropped = dropped;
    this.most = most;
  }

  /** Resolves to true once the event has been taken, to false once it never will be. */
  push(event: EventMessage): Promise<boolean> {
    return new Promise((done) => {
      this.waiting.push({ event, done });
      if (this.waiting.length > this.most) {
        this.waiting.shift()?.done(false);
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
    for (const { done } of this.waiting) done(false);
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
      next.done(await this.handle(next.event));
    }
    this.running = false;
  }
}
