import { z } from 'zod';

const UNIT_BYTES: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 };
const SIZE = /^(\d+(?:\.\d+)?)\s*(kB|MB|GB)$/;
const FEWEST_BYTES = 100_000;
const MOST_BYTES = 10e9;
const EXPECTED = 'a size of 100kB to 10GB, such as 100MB';

/** A size on disk as the configuration writes it, parsed to bytes. */
export const spoolLimitSchema = z.string(EXPECTED).transform((size, context) => {
  const [, amount, unit = ''] = SIZE.exec(size.trim()) ?? [];
  const bytes = Number(amount) * (UNIT_BYTES[unit] ?? Number.NaN);
  if (bytes >= FEWEST_BYTES && bytes <= MOST_BYTES) return bytes;
  context.addIssue({ code: 'custom', message: EXPECTED });
  return z.NEVER;
});
