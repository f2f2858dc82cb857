import { z } from 'zod';

/**
 * An address without a password, since secrets do not stand in the configuration.
 *
 * @param schemes what it may begin with, as in `['http', 'https']`.
 * @param example one that would be right, for the sentence.
 */
export function urlSchema(schemes: readonly string[], example: string) {
  return z.string().superRefine((url, context) => {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    if (parsed === undefined || !schemes.includes(parsed.protocol.slice(0, -1))) {
      context.addIssue({ code: 'custom', message: `an address such as ${example}` });
    } else if (parsed.username !== '' || parsed.password !== '') {
      context.addIssue({
        code: 'custom',
        message: 'an address without a password; use headers or token_file',
      });
    }
  });
}

/** HTTP headers by name. */
export const headersSchema = z.record(
  z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'the name of an HTTP header'),
  z.string().regex(/^[\t\x20-\x7e]*$/, 'printable ASCII text'),
);
