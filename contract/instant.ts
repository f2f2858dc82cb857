import { z } from 'zod';

/**
 * A moment as two numbers, because one double holds today's Unix time only to 0.24 microseconds:
 * whole Unix seconds, and the fraction of a second in [0, 1).
 */
export interface Instant {
  readonly wholeSeconds: number;
  readonly fraction: number;
}

const EXPECTED = 'an ISO 8601 date and time such as 2026-02-19T23:00:00Z, or Unix seconds';

/** A timestamp on the wire: ISO 8601 with an offset or Z, or Unix seconds. */
export const timestampSchema = z
  .union([z.iso.datetime({ offset: true, error: EXPECTED }), z.number().min(-8.64e12).max(8.64e12)], {
    error: EXPECTED,
  })
  .describe('ISO 8601 with up to 9 decimals, or Unix seconds');

/** Unix seconds as an Instant. */
export function instantFromSeconds(seconds: number): Instant {
  const wholeSeconds = Math.floor(seconds);
  return { wholeSeconds, fraction: seconds - wholeSeconds };
}

/** Reads a timestamp that `timestampSchema` accepted, keeping decimals that Date would lose. */
export function parseTimestamp(timestamp: string | number): Instant {
  if (typeof timestamp === 'number') return instantFromSeconds(timestamp);
  const decimals = /\.(\d+)/.exec(timestamp);
  const wholeSeconds = Date.parse(decimals === null ? timestamp : timestamp.replace(decimals[0], '')) / 1000;
  // More digits than a double holds would round up to a whole second.
  return { wholeSeconds, fraction: decimals === null ? 0 : Number(`0${decimals[0].slice(0, 16)}`) };
}

/** Unix seconds as ISO 8601 in UTC, to the millisecond. */
export function formatTimestamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** Seconds from `earlier` to `later`, exact to the nanosecond. */
export function secondsBetween(earlier: Instant, later: Instant): number {
  return later.wholeSeconds - earlier.wholeSeconds + (later.fraction - earlier.fraction);
}
