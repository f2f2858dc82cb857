import type { Clock } from '../contract/clock.js';
import type { Log } from '../contract/log.js';
import type { SyncStatusMessage } from '../contract/payloads/sync.js';

/** How often a leader says that it is there, and how long another waits when it no longer does. */
export const LEADER_HEARTBEAT_SECONDS = 5;
const LEADER_LOST_SECONDS = 3 * LEADER_HEARTBEAT_SECONDS;

/** Which of several sync workers on one mesh speaks for it: the one of the smallest session. */
export interface Leadership {
  readonly leads: boolean;
  /** Takes in a live message of mesh/sync/status, whoever sent it. */
  hear(status: SyncStatusMessage): void;
  stop(): void;
}

/**
 * @param assert publish our status now: another thinks, or the mesh reads, that we are not there.
 * @param changed whether we lead from now on.
 */
export function createLeadership(options: {
  readonly session: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly assert: () => void;
  readonly changed: (leads: boolean) => void;
}): Leadership {
  const { session, clock, log } = options;
  let leader = session;
  let cancel = (): void => {};
  const follow = (other: string): void => {
    cancel();
    const was = leader;
    leader = other;
    if (other !== session) cancel = clock.after(LEADER_LOST_SECONDS, () => follow(session));
    if (was === other) return;
    if (other === session) log.info({ session }, 'this sync worker speaks for the mesh again');
    else log.warn({ session, other }, 'another sync worker speaks for this mesh; this one stands by');
    options.changed(other === session);
  };
  return {
    get leads() {
      return leader === session;
    },
    hear(status) {
      if (status.session === session) return;
      if (status.state === 'online' && status.session < session) follow(status.session);
      else if (status.state === 'offline' && status.session === leader) follow(session);
      else if (leader === session) options.assert();
    },
    stop: () => cancel(),
  };
}
