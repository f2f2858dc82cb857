import type { PartContext } from '../contract/part.js';
import type { SyncStatusMessage } from '../contract/payloads/sync.js';
import type { Rejections } from '../contract/rejections.js';
import type { NodeRecord } from './node-record.js';

/** Offsets below this are network delay and ordinary clock error. */
const WORTH_REPORTING_SECONDS = 1;
const MOST_OFFSETS = 20;

/** What the worker counted of the messages on phase topics. */
export interface Received {
  received: number;
  /** Of those, kept by the broker from before. */
  stale: number;
}

/** The message of mesh/sync/status while the worker serves. */
export function describeStatus(
  context: PartContext,
  received: Received,
  rejections: Rejections,
  nodes: Iterable<NodeRecord>,
): SyncStatusMessage {
  const offsets = worstOffsets(nodes, context.clock.monotonicSeconds());
  return {
    state: 'online',
    session: context.session,
    leader: true,
    version: context.version,
    received: received.received,
    rejected: rejections.count,
    stale: received.stale,
    ...(rejections.last === undefined ? {} : { last_rejection: rejections.last }),
    ...(offsets.length === 0 ? {} : { clock_offsets: Object.fromEntries(offsets) }),
  };
}

function worstOffsets(nodes: Iterable<NodeRecord>, nowSeconds: number): [string, number][] {
  const offsets: [string, number][] = [];
  for (const { id, clockOffset } of nodes) {
    const seconds = clockOffset.offsetSeconds(nowSeconds);
    if (seconds !== null && Math.abs(seconds) > WORTH_REPORTING_SECONDS) offsets.push([id, seconds]);
  }
  return offsets.sort(([, a], [, b]) => Math.abs(b) - Math.abs(a)).slice(0, MOST_OFFSETS);
}
