import { type Instant, instantFromSeconds, parseTimestamp, timestampSchema } from '../contract/instant.js';

/** What is expected, for the sentence. */
export const MEASURED_AT = 'a time: ISO 8601 with Z or an offset, Unix seconds, or Unix milliseconds';

/** Unix seconds reach this in the year 5138, milliseconds in 1973. */
const LEAST_MILLISECONDS = 1e11;
const MOST_MILLISECONDS = 1e14;
/** With more decimals than these a fraction may round up to 1. */
const DECIMAL = /^(\d{1,11})(\.\d{1,15})?$/;

/**
 * When something was measured, as somebody else's message or recording says it.
 *
 * @param found a number or text: ISO 8601 with Z or an offset, Unix seconds, or above 1e11 Unix milliseconds.
 * @returns the moment, with all the decimals of the text; null when it is none.
 */
export function readMeasuredAt(found: unknown): Instant | null {
  const text = typeof found === 'string' ? found.trim() : '';
  const decimal = DECIMAL.exec(text);
  if (decimal !== null) {
    return { wholeSeconds: Number(decimal[1]), fraction: Number(`0${decimal[2] ?? ''}`) };
  }
  const timestamp = text === '' || Number.isNaN(Number(text)) ? found : Number(text);
  if (typeof timestamp === 'number' && Math.abs(timestamp) > LEAST_MILLISECONDS) {
    return Math.abs(timestamp) < MOST_MILLISECONDS ? instantFromMilliseconds(timestamp) : null;
  }
  const result = timestampSchema.safeParse(typeof timestamp === 'string' ? timestamp.trim() : timestamp);
  return result.success ? parseTimestamp(result.data) : null;
}

/** Divided after the whole seconds are taken off, so that no millisecond is lost. */
function instantFromMilliseconds(milliseconds: number): Instant {
  const { wholeSeconds } = instantFromSeconds(milliseconds / 1000);
  return { wholeSeconds, fraction: Math.max(0, milliseconds - wholeSeconds * 1000) / 1000 };
}
