import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { durationSchema } from '../../contract/config/duration.js';
import { reasonOf } from '../../contract/errors.js';
import { urlSchema } from '../http-options.js';
import { ChatFailure } from './chat-failure.js';

/** undici gives up by itself after 300 s without a byte. */
const LONGEST_TIMEOUT_SECONDS = 300;

const baseUrlSchema = urlSchema(['http', 'https'], 'http://127.0.0.1:11434/v1').refine(
  (url) => !/[?#]/.test(url),
  'an address without a query',
);

/** The options of everything that speaks with an OpenAI-compatible server; the defaults are Ollama's. */
export const chatOptions = {
  base_url: baseUrlSchema
    .default('http://127.0.0.1:11434/v1')
    .describe('an OpenAI-compatible server, as far as its /v1'),
  model: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('its name there; the first that the server lists unless given'),
  api_key_env: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable such as OPENAI_API_KEY')
    .optional()
    .describe(
      'the environment variable that holds the key, such as OPENAI_API_KEY; none is sent unless given',
    ),
  api_key_file: z.string().min(1).optional().describe('a file that holds the key'),
  timeout: durationSchema(0.001, LONGEST_TIMEOUT_SECONDS)
    .prefault('30s')
    .describe('how long the server may send nothing'),
};
export type ChatOptions = z.output<z.ZodObject<typeof chatOptions>>;

/** A key and where it comes from, in words; no text where none is sent. */
export interface ApiKey {
  readonly text: string;
  readonly place: string;
}

/** @throws ChatFailure, refused, when there is not the key that the options name. */
export async function readApiKey({ api_key_env, api_key_file }: Partial<ChatOptions>): Promise<ApiKey> {
  if (api_key_env !== undefined && api_key_file !== undefined) {
    throw new ChatFailure('refused', 'found api_key_env and api_key_file, expected one of them');
  }
  if (api_key_env !== undefined) {
    return keyIn(process.env[api_key_env] ?? '', `the environment variable ${api_key_env}`);
  }
  if (api_key_file === undefined) return { text: '', place: '' };
  const text = await readFile(api_key_file, 'utf8').catch((error) => {
    throw new ChatFailure(
      'refused',
      `the file ${api_key_file} of the key cannot be read: ${reasonOf(error)}`,
    );
  });
  return keyIn(text, `the file ${api_key_file}`);
}

function keyIn(found: string, place: string): ApiKey {
  const text = found.trim();
  // What does not fit into a header would be shown by whoever refuses it.
  if (/^[\x21-\x7e]+$/.test(text)) return { text, place };
  const what = text === '' ? 'no key' : 'a key with spaces or characters beyond ASCII';
  throw new ChatFailure('refused', `found ${what} in ${place}, expected one line of ASCII`);
}
