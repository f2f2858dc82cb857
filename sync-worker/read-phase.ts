import { show } from '../contract/explain.js';
import { parseTimestamp } from '../contract/instant.js';
import { readMessage } from '../contract/messages.js';
import { type Contribution, createContribution } from '../kairos/contribution.js';
import { carriesAngle } from '../kairos/encoder.js';

/** What of a phase message the mesh counts; one record is used again for every message. Its weight is the mesh's to say. */
export interface PhaseReading extends Contribution {
  /** The publisher's clock in Unix seconds, to the microsecond; NaN where it gave none. */
  timestampSeconds: number;
}

export function createPhaseReading(): PhaseReading {
  return { ...createContribution(), timestampSeconds: Number.NaN };
}

/**
 * Validates a phase message and takes from it what the mesh counts: the one place where that is done.
 *
 * @param node the topic's node.
 * @param into overwritten, unless the message is rejected.
 * @returns null, or why it is rejected, in one sentence.
 */
export function readPhase(node: string, payload: Uint8Array, into: PhaseReading): string | null {
  const read = readMessage('phase', payload);
  if ('reason' in read) return read.reason;
  const { message } = read;
  if (message.node_id !== undefined && message.node_id !== node) {
    return `node_id: found ${show(message.node_id)}, expected the topic's node ${show(node)}`;
  }
  const { real, imag } = message.phase;
  into.real = real;
  into.imag = imag;
  into.coherence = Math.min(1, Math.max(0, message.coherence ?? Math.hypot(real, imag)));
  into.angle = message.encoder === undefined || carriesAngle(message.encoder);
  into.hasResonance = message.resonance !== undefined;
  into.resonanceReal = message.resonance?.real ?? 0;
  into.resonanceImag = message.resonance?.imag ?? 0;
  into.timestampSeconds = message.timestamp === undefined ? Number.NaN : unixSeconds(message.timestamp);
  return null;
}

function unixSeconds(timestamp: string | number): number {
  const { wholeSeconds, fraction } = parseTimestamp(timestamp);
  return wholeSeconds + fraction;
}
