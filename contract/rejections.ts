import type { Clock } from './clock.js';
import { formatTimestamp } from './instant.js';
import type { ErrorMessage } from './payloads/error.js';

/** Tells publishers why a message of theirs was rejected. */
export interface Rejections {
  /** All that were rejected since the start. */
  readonly count: number;
  readonly last: ErrorMessage | undefined;
  /**
   * Counts a rejection and publishes it on `mesh/<node>/error`, at most once a second a node.
   *
   * @param node a legal name, or null where there is no node to tell.
   */
  reject(node: string | null, topic: string, reason: string): void;
}

const QUIET_SECONDS = 1;
/** How many nodes may be told within one second; beyond it rejections are counted alone. */
const MOST_TOLD = 1000;

/** @param tell publishes the message on that node's error topic. */
export function createRejections(
  tell: (node: string, message: ErrorMessage) => void,
  clock: Clock,
): Rejections {
  const toldAt = new Map<string, number>();
  const mayTell = (node: string): boolean => {
    const now = clock.monotonicSeconds();
    const last = toldAt.get(node);
    if (last !== undefined && now - last < QUIET_SECONDS) return false;
    if (toldAt.size >= MOST_TOLD) {
      for (const [name, at] of toldAt) if (now - at >= QUIET_SECONDS) toldAt.delete(name);
      if (toldAt.size >= MOST_TOLD) return false;
    }
    toldAt.set(node, now);
    return true;
  };
  const rejections = {
    count: 0,
    last: undefined as ErrorMessage | undefined,
    reject(node: string | null, topic: string, reason: string): void {
      rejections.count += 1;
      rejections.last = { topic, reason, timestamp: formatTimestamp(clock.nowSeconds()) };
      if (node === null || !mayTell(node)) return;
      tell(node, rejections.last);
    },
  };
  return rejections;
}
