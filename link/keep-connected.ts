import type { IClientOptions } from 'mqtt';
import { type Clock, sleep } from '../contract/clock.js';
import type { AwayLog } from './away-log.js';
import type { Backoff } from './backoff.js';
import { type Connection, connectOnce } from './connection.js';

/** A connection that held so long was a good one: the next wait is short again. */
const STEADY_SECONDS = 10;

export interface Connecting {
  readonly url: string;
  readonly options: IClientOptions;
  readonly clock: Clock;
  readonly backoff: Backoff;
  readonly awayLog: AwayLog;
  /** Does what is to be done at each connection. */
  serve(connection: Connection): Promise<void>;
}

/**
 * Connects, and connects again whenever the connection is lost, until `signal` aborts. Never rejects.
 *
 * @returns the reason, if the broker refused us before it ever took us; once it has, a refusal may pass.
 */
export async function keepConnected(
  connecting: Connecting,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { url, options, clock, backoff, awayLog, serve } = connecting;
  let wasConnected = false;
  for (;;) {
    const result = await connectOnce(url, options, signal);
    if (!('client' in result) && result.refused && !wasConnected) return result.reason;
    let reason: string;
    if ('client' in result) {
      wasConnected = true;
      awayLog.here(result.protocol);
      const sinceSeconds = clock.monotonicSeconds();
      await serve(result);
      reason = await result.lost;
      if (clock.monotonicSeconds() - sinceSeconds >= STEADY_SECONDS) backoff.reset();
    } else {
      reason = result.reason;
    }
    if (signal.aborted) return undefined;
    const retrySeconds = backoff.next();
    awayLog.away(reason, retrySeconds);
    await sleep(clock, retrySeconds, signal);
  }
}
