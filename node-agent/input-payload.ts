import { readInputMessage } from '../contract/payloads/input.js';
import { TOPIC_TABLE } from '../contract/topic-table.js';
import { sizeFault, textOf } from '../contract/wire.js';

/** Why a message is too long for an input, in a sentence; null when it is not. */
export function inputSizeFault(payload: Uint8Array): string | null {
  return sizeFault(payload, TOPIC_TABLE.input.mostBytes);
}

/** Why a message is no reading of a sensor, in a sentence; null when it is one. */
export function readingFault(payload: Uint8Array): string | null {
  const tooLong = inputSizeFault(payload);
  if (tooLong !== null) return tooLong;
  const result = readInputMessage(textOf(payload));
  return 'reason' in result ? result.reason : null;
}
