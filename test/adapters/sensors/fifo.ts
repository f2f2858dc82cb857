import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll } from '@jest/globals';

/** A file that blocks who reads it until it is answered, as the kernel does while a device measures or hangs. */
export interface Fifo extends Disposable {
  /** Resolves once somebody reads it, whom it then keeps waiting. */
  untilRead(): Promise<void>;
  isRead(): boolean;
  /** Answers who reads it. */
  answer(text: string): void;
}

const made = new Set<Fifo>();

// A test that fails leaves its readers waiting, and they would keep the process from its end.
afterAll(() => {
  for (const fifo of made) fifo[Symbol.dispose]();
});

export function createFifo(path: string): Fifo {
  mkdirSync(dirname(path), { recursive: true });
  execFileSync('mkfifo', [path]);
  let end: number | undefined;
  const isRead = (): boolean => {
    try {
      // Where nobody reads, the kernel says ENXIO.
      end ??= openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {}
    return end !== undefined;
  };
  const close = (): void => {
    if (end !== undefined) closeSync(end);
    end = undefined;
  };
  const fifo: Fifo = {
    isRead,
    async untilRead() {
      while (!isRead()) await delay(1);
    },
    answer(text) {
      if (isRead() && end !== undefined) writeSync(end, text);
      close();
    },
    [Symbol.dispose]() {
      close();
      if (!existsSync(path)) return;
      // Whoever still waits to open it, or to read from it, goes on once both ends have been open.
      const both = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
      unlinkSync(path);
      setTimeout(() => closeSync(both), 50);
    },
  };
  made.add(fifo);
  return fifo;
}
