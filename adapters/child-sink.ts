import { setTimeout as delay } from 'node:timers/promises';
import { type ChildCommand, startChild } from './child-process.js';
import { createLineSplitter } from './line-splitter.js';

const MOST_LINE_CHARACTERS = 1000;

/** A program that takes what is written to its standard input. */
export interface ChildSink {
  /** False once it takes no more, and while more waits for it than its input holds: that is kept in this process. */
  readonly isReady: boolean;
  /** Never waits; without effect once the program takes no more. */
  write(chunk: Uint8Array): void;
  /** Ends it, by force if need be: it is of no use any more. */
  end(): void;
  /** Ends its input, gives it so long to use up what it has, and kills it then. Never rejects. */
  close(graceMs: number): Promise<void>;
  /** Resolves with how it ended, in a sentence. Never rejects. */
  readonly ended: Promise<string>;
}

/**
 * Runs a program and writes to its standard input, without a shell; see {@link startChild}.
 *
 * @param onLine gets each line that it writes to its standard error.
 * @param env its environment, its PATH included; this process's own unless given.
 */
export function startChildSink(
  command: ChildCommand,
  onLine: (line: string) => void = () => {},
  env: NodeJS.ProcessEnv = process.env,
): ChildSink {
  const child = startChild(command, { stdin: 'pipe', stdout: 'ignore' }, env);
  const { stdin, stderr, end } = child;
  const lines = createLineSplitter(MOST_LINE_CHARACTERS, onLine, () => {});
  stderr.on('data', (text: string) => lines.push(text));
  // EPIPE: it reads no more, and what would it be without its input?
  stdin?.on('error', end);
  const ended = child.ended.then(({ sentence }) => {
    stdin?.destroy();
    return sentence;
  });
  return {
    get isReady() {
      return stdin?.writable === true && !stdin.writableNeedDrain;
    },
    write(chunk) {
      if (stdin?.writable) stdin.write(chunk);
    },
    end,
    async close(graceMs) {
      stdin?.end();
      const over = new AbortController();
      const grace = delay(graceMs, undefined, { signal: over.signal }).then(child.kill, () => {});
      await ended;
      over.abort();
      await grace;
    },
    ended,
  };
}
