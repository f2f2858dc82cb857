import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { reasonOf } from '../contract/errors.js';

/** Where the secret comes from that posts are signed with. */
export const secretOptions = {
  secret_env: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'the name of an environment variable')
    .optional()
    .describe('an environment variable that holds the secret to sign posts with: whsec_ and base64'),
  secret_file: z
    .string()
    .min(1)
    .optional()
    .describe('a file that holds the secret to sign posts with; while it is changed, the new and the old'),
};
export type SecretOptions = z.output<z.ZodObject<typeof secretOptions>>;

const EXPECTED = 'whsec_ and the base64 of 24 to 64 bytes, as in `echo whsec_$(openssl rand -base64 32)`';

/** @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, Signature scheme */
const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
const FEWEST_KEY_BYTES = 24;
const MOST_KEY_BYTES = 64;

/** What a receiver knows a post by, and that it is ours. */
export interface WebhookPost {
  /** The same at each try; without a full stop. */
  readonly id: string;
  readonly timestampSeconds: number;
  readonly body: string;
}

/**
 * The keys that a configuration points to, separated by white space where there are several.
 *
 * @returns none where the configuration names no secret.
 * @throws Error with a sentence that does not show the secret, when it is not there or is none.
 */
export async function readSigningKeys({ secret_env, secret_file }: SecretOptions): Promise<Buffer[]> {
  if (secret_env !== undefined && secret_file !== undefined) {
    throw new Error('found both secret_env and secret_file, expected one of them');
  }
  if (secret_env !== undefined) {
    return keysOf(process.env[secret_env] ?? '', `the environment variable ${secret_env}`);
  }
  if (secret_file === undefined) return [];
  const text = await readFile(secret_file, 'utf8').catch((error) => {
    throw new Error(`cannot read secret_file ${secret_file}: ${reasonOf(error)}`, { cause: error });
  });
  return keysOf(text, `secret_file ${secret_file}`);
}

/**
 * The headers of Standard Webhooks 1.0.0; without a signature where there is no key.
 *
 * @see https://www.standardwebhooks.com
 */
export function webhookHeaders(
  { id, timestampSeconds, body }: WebhookPost,
  keys: readonly Buffer[],
): Record<string, string> {
  const timestamp = String(Math.floor(timestampSeconds));
  const sign = (key: Buffer): string =>
    `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  const signature = keys.length === 0 ? {} : { 'webhook-signature': keys.map(sign).join(' ') };
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, ...signature };
}

function keysOf(text: string, place: string): Buffer[] {
  const secrets = text.split(/\s+/).filter((secret) => secret !== '');
  if (secrets.length === 0) throw new Error(`found no secret in ${place}, expected ${EXPECTED}`);
  return secrets.map((secret) => {
    const key = Buffer.from(SECRET.exec(secret)?.[1] ?? '', 'base64');
    if (key.length >= FEWEST_KEY_BYTES && key.length <= MOST_KEY_BYTES) return key;
    throw new Error(`found another secret in ${place}, expected ${EXPECTED}`);
  });
}
