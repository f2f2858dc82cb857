import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { defineOutput, type Output, type OutputContext, RetryLater } from '../../contract/adapters.js';
import { sleep } from '../../contract/clock.js';
import { durationSchema } from '../../contract/config/duration.js';
import { reasonOf } from '../../contract/errors.js';
import { backoffSeconds } from '../backoff.js';
import { HttpFailure, postOnce } from '../http-post.js';

const urlSchema = z.string().superRefine((url, context) => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    context.addIssue({ code: 'custom', message: 'an address such as https://example.org/coherence' });
  } else if (parsed.username !== '' || parsed.password !== '') {
    context.addIssue({ code: 'custom', message: 'an address without a password; use headers or token_file' });
  }
});

const options = z.strictObject({
  url: urlSchema.describe('where to POST, http:// or https://'),
  timeout: durationSchema(0.001, 600).prefault('5s').describe('for the whole answer'),
  every: durationSchema(0).prefault('100ms').describe('between two posts, at least'),
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'the name of an HTTP header'),
      z.string().regex(/^[\t\x20-\x7e]*$/, 'printable ASCII text'),
    )
    .default({})
    .describe('sent with every post'),
  token_file: z.string().min(1).optional().describe('a file whose text is sent as Authorization: Bearer'),
});
type Options = z.output<typeof options>;

/**
 * POSTs each state to an HTTP server, one at a time; what fails for the moment is tried again with the newest state.
 *
 * @see seed, OutputAdapter: the payload of api.
 */
export const apiOutput = defineOutput({ name: 'api', options, create: createApi });

function createApi(settings: Options, { clock }: OutputContext): Output {
  let nextAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let closed = false;
  const spacing = async (signal: AbortSignal): Promise<void> => {
    const waitSeconds = nextAt - clock.monotonicSeconds();
    if (waitSeconds > 0) await sleep(clock, waitSeconds, signal);
  };
  return {
    async write({ coherence, phase: { real, imag } }, signal) {
      await spacing(signal);
      if (closed || signal.aborted) return;
      nextAt = clock.monotonicSeconds() + settings.every;
      const { url, timeout: timeoutSeconds } = settings;
      const body = JSON.stringify({ coherence, phase: { real, imag } });
      try {
        await postOnce({ url, timeoutSeconds, body, headers: await headersOf(settings) }, clock, signal);
        failures = 0;
      } catch (error) {
        if (!(error instanceof HttpFailure) || !error.passing) throw error;
        failures += 1;
        const waitSeconds = Math.max(backoffSeconds(failures, Math.random()), error.retryAfterSeconds);
        throw new RetryLater(error.message, waitSeconds, { cause: error });
      }
      // Waiting here, and not before the post, lets the state that is newest then be the next one.
      await spacing(signal);
    },
    close() {
      closed = true;
    },
  };
}

async function headersOf({ headers, token_file }: Options): Promise<Headers> {
  const all = new Headers({ 'content-type': 'application/json', 'user-agent': 'becomingone' });
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  if (token_file === undefined) return all;
  try {
    all.set('authorization', `Bearer ${(await readFile(token_file, 'utf8')).trim()}`);
  } catch (error) {
    throw new Error(`cannot read token_file ${token_file}: ${reasonOf(error)}`, { cause: error });
  }
  return all;
}
