import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** How long a program that was asked to end may take before it is killed. */
const KILL_AFTER_MS = 100;
/** A program that waits for a dead device cannot even be killed; it is waited for no longer than this. */
const GIVE_UP_AFTER_MS = 50;
const KEPT_STDERR_CHARACTERS = 8000;
const SHOWN_CHARACTERS = 200;

/** A program to run, and what to say of it when it fails. */
export interface ChildCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** What brings the program: `apt-get install alsa-utils`. */
  readonly install: string;
  /** What to do about what it said on its standard error, in words that follow a semicolon; nothing if unknown. */
  readonly advise?: (stderr: string) => string | undefined;
  /** Lines of its standard error that tell nothing about its end. */
  readonly chatter?: RegExp;
}

/** Which of its streams are ours; its standard error always is. */
export interface ChildStreams {
  readonly stdin: 'pipe' | 'ignore';
  readonly stdout: 'pipe' | 'ignore';
}

/** How a program ended. */
export interface ChildEnding {
  /** Null when a signal ended it, or when it never ran. */
  readonly exitCode: number | null;
  /** In a sentence, with its last words. */
  readonly sentence: string;
}

/** A program that runs. */
export interface Child {
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable;
  /** Ends it and what it has started: SIGTERM, and SIGKILL 100 ms later. */
  readonly end: () => void;
  /** Ends it and what it has started with SIGKILL. */
  readonly kill: () => void;
  /** Resolves once all that it wrote has been read. Never rejects. */
  readonly ended: Promise<ChildEnding>;
}

/**
 * Starts a program without a shell.
 *
 * It has a process group of its own: Ctrl-C in a terminal is left to us, and what it starts ends with it.
 *
 * @param env its environment, its PATH included.
 */
export function startChild(command: ChildCommand, streams: ChildStreams, env: NodeJS.ProcessEnv): Child {
  const child = spawn(command.program, command.args, {
    stdio: [streams.stdin, streams.stdout, 'pipe'],
    detached: true,
    // Untranslated, because what it says is searched for what is known.
    env: { ...env, LC_ALL: 'C.UTF-8' },
  });
  const stderr = child.stderr as Readable;
  let said = '';
  stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-KEPT_STDERR_CHARACTERS);
  });
  const timers: NodeJS.Timeout[] = [];
  let hasEnded = false;
  let settle: (ending: ChildEnding) => void = () => {};
  const ended = new Promise<ChildEnding>((resolve) => {
    settle = resolve;
  }).finally(() => {
    hasEnded = true;
    timers.forEach(clearTimeout);
  });
  child.on('error', (error) => settle({ exitCode: null, sentence: startFailure(command, error) }));
  child.once('exit', () => killGroup(child, 'SIGKILL'));
  child.once('close', (code, by) => settle({ exitCode: code, sentence: endingOf(command, code, by, said) }));
  const kill = (): void => {
    if (hasEnded) return;
    killGroup(child, 'SIGKILL');
    child.stdout?.destroy();
    stderr.destroy();
    const ending = { exitCode: null, sentence: `${command.program} cannot be ended` };
    timers.push(setTimeout(() => settle(ending), GIVE_UP_AFTER_MS));
  };
  const end = (): void => {
    if (hasEnded || timers.length > 0) return;
    killGroup(child, 'SIGTERM');
    timers.push(setTimeout(kill, KILL_AFTER_MS));
  };
  return { stdin: child.stdin, stdout: child.stdout, stderr, end, kill, ended };
}

/** Sends a signal to a program and what it has started; without effect when nothing of it is left. */
function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: all of them have ended.
  }
}

function startFailure({ program, install }: ChildCommand, { code, message }: NodeJS.ErrnoException): string {
  return code === 'ENOENT'
    ? `found no program ${program} on the PATH; install it: ${install}`
    : `cannot start ${program}: ${message}`;
}

function endingOf(command: ChildCommand, code: number | null, by: string | null, said: string): string {
  const how = by === null ? `ended with exit code ${code}` : `was ended by ${by}`;
  const last = lastLineOf(said, command.chatter);
  const advice = command.advise?.(said);
  const words = last === '' ? '' : `: ${last}`;
  return `${command.program} ${how}${words}${advice === undefined ? '' : `; ${advice}`}`;
}

/** The last line that says something, without control characters and without a password in an address. */
function lastLineOf(text: string, chatter?: RegExp): string {
  const line = text
    .split(/[\r\n]+/)
    .map((part) => part.replace(/\p{Cc}/gu, '').trim())
    .findLast((part) => part !== '' && chatter?.test(part) !== true);
  return (line ?? '').replace(/\/\/[^/\s@]+@/g, '//').slice(0, SHOWN_CHARACTERS);
}
