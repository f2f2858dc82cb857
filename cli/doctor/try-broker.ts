import { systemClock, within } from '../../contract/clock.js';
import { reasonOf } from '../../contract/errors.js';
import { newSession } from '../../contract/part.js';

const LONGEST_SECONDS = 2.5;
const GOODBYE_SECONDS = 0.5;

/** Tells null when a broker takes us, else why not, in words. */
export type TryBroker = (url: string) => Promise<string | null>;

/**
 * Connects to a broker and leaves again.
 *
 * @param seconds how long it may take.
 * @returns null when it took us, else why not, in words. Never rejects.
 */
export async function tryBroker(url: string, seconds = LONGEST_SECONDS): Promise<string | null> {
  const { connectOnce } = await import('../../link/connection.js');
  const limit = AbortSignal.timeout(seconds * 1000);
  const options = {
    clientId: `becomingone-try-${newSession()}`,
    connectTimeout: seconds * 1000,
    clean: true,
  };
  try {
    const result = await connectOnce(url, options, limit);
    if (!('client' in result)) return limit.aborted ? `no answer within ${seconds} s` : result.reason;
    await within(systemClock, GOODBYE_SECONDS, result.client.endAsync());
    result.client.end(true);
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}
