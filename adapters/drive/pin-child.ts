import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Clock } from '../../contract/clock.js';
import { createLineSplitter } from '../line-splitter.js';
import type { Complain } from './complaints.js';
import type { PinDeviceConfig } from './open-pin-device.js';
import { PIN_PROCESS_FILE } from './pin-process-file.js';

/** Node and rpio take a second or two to load on a Pi Zero. */
const START_SECONDS = 20;
/** Who gives no answer for so long is stuck, and what hangs on the pins may be running. */
const ANSWER_SECONDS = 0.5;
/** Enough for what it is about, a strip's frame at most; the outputs have but 300 ms to close. */
const END_MS = 60;
const LONGEST_LINE = 1000;
const FAULT = 'fault ';
const KEPT_STDERR_CHARACTERS = 1000;

/** The process of the pins, from its start to its end. */
export interface PinChild {
  /** Gives a command; resolves once it is carried out or refused, or the process has ended. Never rejects. */
  send(command: string): Promise<void>;
  /** Resolves with how it ended, in words that follow "the process of the pins". Never rejects. */
  readonly ended: Promise<string>;
  /** Ends it with its device off; resolves to false when it was stuck and had to be killed. */
  end(): Promise<boolean>;
}

/**
 * Starts a process that has the pins. It has a process group of its own, so that it outlives ours.
 *
 * @param answered is told when a command has been carried out, or in a sentence why it was refused.
 * @returns once its device is open and off.
 * @throws Error with a sentence when it cannot start.
 */
export async function launchPinChild(
  config: PinDeviceConfig,
  clock: Clock,
  answered: Complain,
): Promise<PinChild> {
  const child = spawn(process.execPath, [PIN_PROCESS_FILE, JSON.stringify(config)], { detached: true });
  const kill = (): void => void child.kill('SIGKILL');
  const answers = createAnswers(clock, kill);
  const ended = endOf(child, answers);
  // What it can no longer be told is told by its end.
  child.stdin.on('error', () => {});
  const opening = readAnswers(child, (fault) => {
    answers.came();
    answered(fault);
  });
  const cancelStart = clock.after(START_SECONDS, kill);
  const fault = await Promise.race([opening, ended.then((how) => `the process of the pins ${how}`)]);
  cancelStart();
  if (fault !== null) {
    kill();
    await ended;
    throw new Error(fault);
  }
  return {
    ended,
    send(command) {
      child.stdin.write(`${command}\n`);
      return answers.next();
    },
    async end() {
      child.stdin.end();
      const timer = setTimeout(kill, END_MS);
      await ended;
      clearTimeout(timer);
      return child.signalCode !== 'SIGKILL';
    },
  };
}

/**
 * Reads what it says, a line each: first whether it has opened its device, then an answer to each command.
 *
 * @returns null once the device is open, or in a sentence why it is not.
 */
function readAnswers(
  { stdout }: ChildProcessWithoutNullStreams,
  answered: (fault: string | null) => void,
): Promise<string | null> {
  return new Promise((resolve) => {
    let take = (fault: string | null): void => {
      take = answered;
      resolve(fault);
    };
    const lines = createLineSplitter(
      LONGEST_LINE,
      (line) => take(line.startsWith(FAULT) ? line.slice(FAULT.length) : null),
      () => {},
    );
    stdout.setEncoding('utf8').on('data', (text: string) => lines.push(text));
  });
}

/** The answers that are due; `late` is called when one is too long in coming. */
function createAnswers(clock: Clock, late: () => void) {
  const due: (() => void)[] = [];
  let cancel = (): void => {};
  let isLate = false;
  const check = (first: () => void): void => {
    if (due[0] !== first) return;
    isLate = true;
    late();
  };
  const watch = (): void => {
    cancel();
    const [first] = due;
    if (first === undefined) return;
    // After a pause of this process itself, what has come meanwhile is read first.
    cancel = clock.after(ANSWER_SECONDS, () => void setImmediate(() => check(first)));
  };
  return {
    next: () =>
      new Promise<void>((resolve) => {
        due.push(resolve);
        if (due.length === 1) watch();
      }),
    came() {
      due.shift()?.();
      watch();
    },
    /** There will be none; says whether one was late. */
    cease(): boolean {
      cancel();
      for (const resolve of due.splice(0)) resolve();
      return isLate;
    },
  };
}

function endOf(
  child: ChildProcessWithoutNullStreams,
  answers: ReturnType<typeof createAnswers>,
): Promise<string> {
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-KEPT_STDERR_CHARACTERS);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => {
      answers.cease();
      resolve(`cannot be started: ${error.message}`);
    });
    child.once('close', (code, by) => {
      const how = by === null ? `ended with exit code ${code}` : `was ended by ${by}`;
      const last = said.trim().split('\n').at(-1);
      if (answers.cease()) resolve(`gave no answer for ${ANSWER_SECONDS} s and was ended`);
      else resolve(last ? `${how}: ${last}` : how);
    });
  });
}
