import { z } from 'zod';

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };
const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/;
const EXPECTED = 'a duration such as 10ms, 0.5s, 5m or 1h, or a number of seconds';

/**
 * A duration as the configuration writes it, parsed to seconds.
 *
 * @param shortestSeconds the least that makes sense; `Number.MIN_VALUE` by default, so 0 is refused.
 */
export function durationSchema(shortestSeconds = Number.MIN_VALUE, longestSeconds = 366 * 86_400) {
  return z
    .union([z.number(), z.string()], { error: EXPECTED })
    .transform((value, context) => {
      const match = typeof value === 'string' ? DURATION.exec(value.trim()) : null;
      const seconds =
        typeof value === 'number'
          ? value
          : Number(match?.[1]) * (UNIT_SECONDS[match?.[2] ?? ''] ?? Number.NaN);
      if (seconds >= shortestSeconds && seconds <= longestSeconds) return seconds;
      const range = Number.isFinite(seconds)
        ? ` of at least ${shortestSeconds === Number.MIN_VALUE ? 'more than 0' : shortestSeconds} s and at most ${longestSeconds} s`
        : '';
      context.addIssue({ code: 'custom', message: `${EXPECTED}${range}` });
      return z.NEVER;
    })
    .describe('a duration: 10ms, 0.5s, 5m, 1h, or seconds');
}
