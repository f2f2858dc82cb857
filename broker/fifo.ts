/** First in, first out, in a ring that grows: taking the oldest costs the same with ten or a million waiting. */
export interface Fifo<Item> {
  readonly length: number;
  push(item: Item): void;
  /** The oldest, or undefined when none waits. */
  shift(): Item | undefined;
}

/** A power of two, so that a mask wraps the index. */
const SMALLEST = 64;

export function createFifo<Item>(): Fifo<Item> {
  let slots: (Item | undefined)[] = new Array(SMALLEST);
  let head = 0;
  let length = 0;
  const resize = (capacity: number): void => {
    const next: (Item | undefined)[] = new Array(capacity);
    for (let index = 0; index < length; index += 1) next[index] = slots[(head + index) & (slots.length - 1)];
    slots = next;
    head = 0;
  };
  return {
    get length() {
      return length;
    },
    push(item) {
      if (length === slots.length) resize(length * 2);
      slots[(head + length) & (slots.length - 1)] = item;
      length += 1;
    },
    shift() {
      if (length === 0) return undefined;
      const item = slots[head];
      slots[head] = undefined;
      head = (head + 1) & (slots.length - 1);
      length -= 1;
      if (length === 0 && slots.length > SMALLEST) resize(SMALLEST);
      return item;
    },
  };
}
