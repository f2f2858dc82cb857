import type { Environment } from './environment.js';

/**
 * Starts what `start` starts, says `ready ...` on stdout, and stops it all at SIGINT, SIGTERM or a failure.
 *
 * @param start resolves to what follows the word ready.
 * @throws what made it fail; a signal while starting is not a failure.
 */
export async function runUntilStopped(
  { lifecycle }: Environment,
  start: () => Promise<string>,
): Promise<void> {
  try {
    const ready = await start();
    process.stdout.write(`ready ${ready}`.trimEnd().concat('\n'));
  } catch (error) {
    const stopped = lifecycle.signal.aborted;
    await lifecycle.stop();
    if (stopped) return;
    throw error;
  }
  await lifecycle.untilStopped();
}
