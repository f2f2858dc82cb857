import type { Clock } from '../contract/clock.js';
import { type ChildCommand, startChild } from './child-process.js';

/** Who reads what the program writes. */
export interface ChildReader {
  readonly clock: Clock;
  /** A program that writes nothing for so long, or at most twice as long, is ended. */
  readonly idleSeconds: number;
  /** Takes what came on its standard output, of any length; not called once `signal` has aborted. */
  readonly onChunk: (chunk: Buffer) => void;
  /** The program's environment, its PATH included; this process's own unless given. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs a program and reads its standard output.
 *
 * @returns resolves when `signal` has aborted and the program has ended: SIGTERM, and SIGKILL 100 ms later.
 * @throws Error in one sentence when the program is missing, ends by itself or writes nothing; what `onChunk` threw.
 */
export async function runChildSource(
  command: ChildCommand,
  { clock, idleSeconds, onChunk, env = process.env }: ChildReader,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const child = startChild(command, { stdin: 'ignore', stdout: 'pipe' }, env);
  let fault: unknown;
  let hasGiven = false;
  const endFor = (reason: unknown): void => {
    fault ??= reason;
    child.end();
  };
  child.stdout?.on('data', (chunk: Buffer) => {
    if (signal.aborted || fault !== undefined) return;
    hasGiven = true;
    try {
      onChunk(chunk);
    } catch (error) {
      endFor(error);
    }
  });
  const cancelWatch = clock.every(idleSeconds, () => {
    if (!hasGiven) endFor(new Error(`${command.program} gave nothing for ${idleSeconds} s and was ended`));
    hasGiven = false;
  });
  signal.addEventListener('abort', child.end);
  const { sentence } = await child.ended;
  signal.removeEventListener('abort', child.end);
  cancelWatch();
  if (!signal.aborted) throw fault ?? new Error(sentence);
}
