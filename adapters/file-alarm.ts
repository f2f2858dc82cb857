import { type FSWatcher, watch } from 'node:fs';
import { type Clock, sleep } from '../contract/clock.js';

/** Tells when a file has changed, as far as the system does. */
export interface FileAlarm {
  /** Resolves once it has changed since the last call, after so many seconds, or at `signal`. */
  wait(seconds: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Network file systems, and systems that are out of watches, tell nothing: then `wait` takes its seconds. */
export function createFileAlarm(path: string, clock: Clock): FileAlarm {
  let hasChanged = false;
  let wake = (): void => {};
  const ring = (): void => {
    hasChanged = true;
    wake();
  };
  const watcher = watchQuietly(path, ring);
  return {
    async wait(seconds, signal) {
      const over = new AbortController();
      wake = () => over.abort();
      signal.addEventListener('abort', wake, { once: true });
      if (!hasChanged && !signal.aborted) await sleep(clock, seconds, over.signal);
      signal.removeEventListener('abort', wake);
      hasChanged = false;
    },
    close: () => watcher?.close(),
  };
}

function watchQuietly(path: string, changed: () => void): FSWatcher | undefined {
  try {
    return watch(path, { persistent: false }, changed).on('error', () => {});
  } catch {
    return undefined;
  }
}
