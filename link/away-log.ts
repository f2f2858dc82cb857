import type { Clock } from '../contract/clock.js';
import type { Log } from '../contract/log.js';
import type { Connection } from './connection.js';

/** Tells when the broker goes and when it is back, without filling the log while it is away. */
export interface AwayLog {
  away(reason: string, retrySeconds: number): void;
  here(protocol: Connection['protocol']): void;
}

/** At most one line in so many seconds; the rest is for debugging. */
const QUIET_SECONDS = 60;

/** @param broker its address, without a password. */
export function createAwayLog(log: Log, clock: Clock, broker: string): AwayLog {
  let warnedSeconds: number | undefined;
  let isAway = false;
  return {
    away(reason, retrySeconds) {
      isAway = true;
      const now = clock.monotonicSeconds();
      const fields = { code: 'LINK_AWAY', broker, reason, retrySeconds: Number(retrySeconds.toFixed(2)) };
      if (warnedSeconds !== undefined && now - warnedSeconds < QUIET_SECONDS) {
        log.debug(fields, 'the broker is still away');
        return;
      }
      warnedSeconds = now;
      log.warn(fields, 'the broker is away; trying again');
    },
    here(protocol) {
      log.info({ broker, protocol }, isAway ? 'the broker is back' : 'connected to the broker');
      isAway = false;
    },
  };
}
