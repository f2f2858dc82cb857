import type { Readable } from 'node:stream';
import type { LineDecoder } from './line-decoder.js';

/**
 * Reads a stream that belongs to the process, such as its standard input, which is paused and not closed at the end.
 *
 * @returns resolves at `signal`.
 * @throws Error in one sentence when the stream has ended.
 */
export async function readStream(
  stream: Readable,
  name: string,
  lines: LineDecoder,
  signal: AbortSignal,
): Promise<void> {
  const push = (chunk: Buffer): void => lines.push(chunk);
  await new Promise<void>((resolve, reject) => {
    const over = (): void => {
      stream.off('data', push).off('end', ended).off('error', reject);
      stream.pause();
      signal.removeEventListener('abort', over);
      resolve();
    };
    const ended = (): void => {
      lines.end();
      reject(new Error(`${name} has ended`));
      over();
    };
    if (stream.readableEnded || stream.destroyed) return ended();
    signal.addEventListener('abort', over, { once: true });
    stream.on('data', push).once('end', ended).once('error', reject).resume();
  });
}
