import { type Clock, sleep } from '../../contract/clock.js';
import { startChild } from '../child-process.js';
import { readWav, type Sound } from './wav-format.js';

const MOST_SECONDS = 10;
/** Some three minutes of speech. */
const MOST_WAV_BYTES = 8 * 1024 * 1024;
export const ESPEAK = 'espeak-ng';
export const INSTALL_ESPEAK = 'apt-get install espeak-ng';

/**
 * Turns a text into speech.
 *
 * @param voice as `espeak-ng --voices` lists them: a language, or a variant of it such as en+f3.
 * @param signal ends it: it then resolves with no sound.
 * @throws Error in one sentence when espeak-ng is missing, fails or takes too long.
 */
export async function synthesise(
  text: string,
  voice: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Sound | undefined> {
  if (signal.aborted) return undefined;
  const command = { program: ESPEAK, args: ['--stdin', '--stdout', '-v', voice], install: INSTALL_ESPEAK };
  const child = startChild(command, { stdin: 'pipe', stdout: 'pipe' }, process.env);
  // The text comes on its standard input, where it cannot be taken for an option.
  child.stdin?.on('error', () => {}).end(text);
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_WAV_BYTES) child.end();
    else chunks.push(chunk);
  });
  const done = new AbortController();
  const stop = AbortSignal.any([signal, done.signal]);
  let isLate = false;
  const watch = sleep(clock, MOST_SECONDS, stop).then(() => {
    isLate = !stop.aborted;
    if (!done.signal.aborted) child.end();
  });
  const { exitCode, sentence } = await child.ended;
  done.abort();
  await watch;
  if (signal.aborted) return undefined;
  if (isLate) throw new Error(`${ESPEAK} took more than ${MOST_SECONDS} s to speak and was ended`);
  if (bytes > MOST_WAV_BYTES) throw new Error(`${ESPEAK} made more than ${MOST_WAV_BYTES} bytes of speech`);
  if (exitCode !== 0) throw new Error(sentence);
  return readWav(Buffer.concat(chunks));
}
