import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { reasonOf } from '../contract/errors.js';

/** Where a token comes from, of every adapter that sends or demands one. */
export const bearerOptions = {
  token_env: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'the name of an environment variable')
    .optional()
    .describe('an environment variable that holds the token of Authorization: Bearer'),
  token_file: z.string().min(1).optional().describe('a file that holds the token of Authorization: Bearer'),
};
export type BearerOptions = z.output<z.ZodObject<typeof bearerOptions>>;

/**
 * The token that a configuration points to.
 *
 * @returns the token; undefined where the configuration names none.
 * @throws Error with a sentence that does not show the token, when it is not there or is none.
 */
export async function readBearer(options: BearerOptions): Promise<string | undefined> {
  const { token_env, token_file } = options;
  if (token_env !== undefined && token_file !== undefined) {
    throw new Error('found both token_env and token_file, expected one of them');
  }
  if (token_env !== undefined)
    return checked(process.env[token_env], `the environment variable ${token_env}`);
  if (token_file === undefined) return undefined;
  const text = await readFile(token_file, 'utf8').catch((error) => {
    throw new Error(`cannot read token_file ${token_file}: ${reasonOf(error)}`, { cause: error });
  });
  return checked(text, `token_file ${token_file}`);
}

/**
 * Whether a request carries the token, in a time that does not tell how much of it is right.
 *
 * @see RFC 6750, 2.1; RFC 9110, 11.1: the word Bearer may be written in any case.
 */
export function carriesBearer({ headers }: IncomingMessage, token: string): boolean {
  const [, found = ''] = /^bearer +(.+)$/i.exec(headers.authorization ?? '') ?? [];
  return timingSafeEqual(digest(found), digest(token));
}

function checked(text: string | undefined, place: string): string {
  const token = text?.trim() ?? '';
  if (token === '') throw new Error(`found no token in ${place}, expected one`);
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new Error(`found no token in ${place}, expected one line of printable ASCII without spaces`);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
