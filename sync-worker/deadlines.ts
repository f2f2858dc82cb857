import type { Clock } from '../contract/clock.js';

/** How finely deadlines are kept: a node is noticed at most this late. */
const SLOT_SECONDS = 0.25;

/** Something with a deadline on the monotonic clock that its owner may move at any time, for nothing. */
export interface Expiring {
  deadlineSeconds: number;
  /** The slot it waits in; kept by {@link Deadlines}. */
  slot: number;
}

/**
 * Watches many deadlines at a cost that does not grow with how often they move: an item waits in the slot of the
 * deadline it had when it was last looked at, and moves on when that slot comes and the deadline has moved.
 *
 * @see Varghese and Lauck (1987), hashed timing wheels.
 */
export class Deadlines<Item extends Expiring> {
  private readonly slots = new Map<number, Item[]>();
  private readonly due: (item: Item) => void;
  private done: number;

  /** @param due called once for each item whose deadline has passed; watch it again if it has a new one. */
  constructor(nowSeconds: number, due: (item: Item) => void) {
    this.due = due;
    this.done = slotOf(nowSeconds) - 1;
  }

  /** Watches an item, or looks again at one whose deadline came nearer. */
  watch(item: Item): void {
    const slot = Math.max(slotOf(item.deadlineSeconds), this.done + 1);
    if (item.slot !== 0 && item.slot <= slot) return;
    item.slot = slot;
    const waiting = this.slots.get(slot);
    if (waiting === undefined) this.slots.set(slot, [item]);
    else waiting.push(item);
  }

  /** Stops watching an item. */
  forget(item: Item): void {
    item.slot = 0;
  }

  /** Looks at all whose time may have come. */
  advance(nowSeconds: number): void {
    const last = slotOf(nowSeconds) - 1;
    for (let slot = this.done + 1; slot <= last; slot += 1) {
      this.done = slot;
      const items = this.slots.get(slot);
      this.slots.delete(slot);
      for (const item of items ?? []) this.look(item, slot, nowSeconds);
    }
  }

  private look(item: Item, slot: number, nowSeconds: number): void {
    if (item.slot !== slot) return;
    item.slot = 0;
    if (item.deadlineSeconds <= nowSeconds) this.due(item);
    else this.watch(item);
  }
}

/** Advances `deadlines` on `clock` until the returned function is called. */
export function runDeadlines(deadlines: { advance(nowSeconds: number): void }, clock: Clock): () => void {
  return clock.every(SLOT_SECONDS, () => deadlines.advance(clock.monotonicSeconds()));
}

function slotOf(seconds: number): number {
  return Math.ceil(seconds / SLOT_SECONDS) + 1;
}
