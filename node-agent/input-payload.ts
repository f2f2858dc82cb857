import { readInputMessage } from '../contract/payloads/input.js';
import { textOf } from '../contract/wire.js';

/** Longer messages are refused before anybody reads them. */
const LARGEST_BYTES = 8 * 1024;

/** Why a message is too long for an input, in a sentence; null when it is not. */
export function sizeFault(payload: Uint8Array): string | null {
  const { byteLength } = payload;
  return byteLength > LARGEST_BYTES ? `found ${byteLength} bytes, expected at most ${LARGEST_BYTES}` : null;
}

/** Why a message is no reading of a sensor, in a sentence; null when it is one. */
export function readingFault(payload: Uint8Array): string | null {
  const tooLong = sizeFault(payload);
  if (tooLong !== null) return tooLong;
  const result = readInputMessage(textOf(payload));
  return 'reason' in result ? result.reason : null;
}
