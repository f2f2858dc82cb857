import type { AedesPublishPacket } from 'aedes';
import { createFifo } from './fifo.js';
import { createTopicTrie, type TopicTrie } from './topic-trie.js';

/** Takes one message, and says with `done` that it needs no more waiting for. */
export type Listener = (packet: AedesPublishPacket, done: () => void) => void;
type Done = (error?: Error) => void;

/**
 * Hands each message to whoever subscribed to it; Aedes' `mq`.
 *
 * Messages are handed out in the order they were emitted, to all of their listeners, before the next one is: what a
 * listener emits itself waits its turn. Backpressure is the engine's: a publisher's next packets are read when the
 * callbacks of its last ones have been called.
 */
export interface MessageQueue {
  /** Subscriptions that stand, the engine's own among them. */
  readonly listeners: number;
  on(filter: string, listener: Listener, done?: () => void): void;
  removeListener(filter: string, listener: Listener, done?: () => void): void;
  emit(packet: AedesPublishPacket, done?: Done): void;
  /** Runs `task` when all that was emitted before has been handed out, and before anything emitted later. */
  inTurn(task: () => void): void;
  close(done: () => void): void;
}

/** Messages handed out before sockets and timers get their turn again. */
const MOST_AT_ONCE = 1024;
const ignore = (): void => {};

export function createMessageQueue(): MessageQueue {
  const routes = createTopicTrie<Listener>();
  const waiting = createFifo<() => void>();
  let busy = false;
  let closed = false;

  const drain = (): void => {
    busy = true;
    try {
      for (let left = MOST_AT_ONCE; left > 0; left -= 1) {
        const turn = waiting.shift();
        if (turn === undefined) break;
        turn();
      }
    } finally {
      busy = waiting.length > 0;
      if (busy) setImmediate(drain);
    }
  };
  return {
    get listeners() {
      return routes.size;
    },
    on(filter, listener, done = ignore) {
      routes.add(filter, listener);
      done();
    },
    removeListener(filter, listener, done = ignore) {
      routes.remove(filter, listener);
      done();
    },
    emit(packet, done = ignore) {
      if (closed) done(new Error('the broker has stopped'));
      else if (busy) waiting.push(() => handOut(routes, packet, done));
      else {
        busy = true;
        try {
          handOut(routes, packet, done);
        } finally {
          drain();
        }
      }
    },
    inTurn(task) {
      waiting.push(task);
      if (!busy) drain();
    },
    close(done) {
      closed = true;
      setImmediate(done);
    },
  };
}

function handOut(routes: TopicTrie<Listener>, packet: AedesPublishPacket, done: Done): void {
  const listeners = routes.match(packet.topic);
  const first = listeners[0];
  if (first === undefined) done();
  else if (listeners.length === 1) first(packet, done);
  else handToAll(listeners, packet, done);
}

function handToAll(listeners: readonly Listener[], packet: AedesPublishPacket, done: Done): void {
  let left = listeners.length;
  const oneDone = (): void => {
    left -= 1;
    if (left === 0) done();
  };
  for (const listener of listeners) listener(packet, oneDone);
}
