import { formatTimestamp } from '../contract/instant.js';
import type { PartContext } from '../contract/part.js';
import type { EventMessage } from '../contract/payloads/event.js';
import type { Voice } from './voice.js';

type WithoutStamp<Event> = Event extends EventMessage ? Omit<Event, 'timestamp' | 'session'> : never;
/** An event before it is stamped. */
export type NewEvent = WithoutStamp<EventMessage>;

/** Events that wait while the link is down; the oldest go first. */
const MOST_WAITING = 100;

/** Publishes events in their order, keeping the newest hundred while the link is down. */
export class Events {
  private readonly context: PartContext;
  private readonly voice: Voice;
  private waiting: EventMessage[] = [];

  constructor(context: PartContext, voice: Voice) {
    this.context = context;
    this.voice = voice;
  }

  emit(event: NewEvent): void {
    if (!this.voice.leads) return;
    const { clock, session } = this.context;
    const stamped = { ...event, timestamp: formatTimestamp(clock.nowSeconds()), session } as EventMessage;
    this.waiting = [...this.waiting, stamped].slice(-MOST_WAITING);
    this.flush();
  }

  /** Publishes those that waited. */
  flush(): void {
    while (this.waiting[0] !== undefined && this.voice.say('event', {}, this.waiting[0]))
      this.waiting.shift();
  }
}
