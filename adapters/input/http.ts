import { z } from 'zod';
import { defineInput } from '../../contract/adapters.js';
import { systemClock } from '../../contract/clock.js';
import { durationSchema } from '../../contract/config/duration.js';
import { reasonOf } from '../../contract/errors.js';
import { bearerOptions } from '../bearer.js';
import { getOnce } from '../http-get.js';
import { headersSchema, urlSchema } from '../http-options.js';
import { pollUrl, requestHeaders } from '../http-poll.js';
import { withoutSecrets } from '../http-request.js';
import { createMessageReader, messageOptions } from '../message-reader.js';
import { createPostSite } from '../post-site.js';
import { receive, receivingPlace } from '../receive.js';
import { createGate, listenOptions } from '../receiver.js';
import { urlOrListen } from '../url-or-listen.js';

const options = z.strictObject({
  url: urlSchema(['http', 'https'], 'https://example.org/weather')
    .optional()
    .describe('what to poll, http:// or https://; either this or listen'),
  ...listenOptions,
  ...messageOptions,
  headers: headersSchema.default({}).describe('sent with every poll'),
  ...bearerOptions,
  timeout: durationSchema(0.001, 600).prefault('10s').describe('for the whole answer to a poll'),
  idle: durationSchema(0.01)
    .optional()
    .describe('after so long without a POST what was read counts no more; never unless given'),
});
type Options = z.output<typeof options>;

/** Reads a number out of what a web server answers, or out of what is POSTed to it. */
export const httpInput = defineInput({
  name: 'http',
  options,
  everySeconds: ({ url }) => (url === undefined ? undefined : 10),
  async probe(settings) {
    try {
      return { ok: true, detail: await describeSource(settings) };
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  },
  create: (settings, context) => ({
    async run(signal) {
      if (signal.aborted) return;
      const { url, listen } = urlOrListen(settings);
      if (url !== undefined) await pollUrl({ ...settings, url }, context, signal);
      else await receive('POST', { ...settings, listen }, createPostSite, context, signal);
    },
  }),
});

async function describeSource(settings: Options): Promise<string> {
  const { url, listen } = urlOrListen(settings);
  if (url === undefined) {
    await createGate({ ...settings, listen });
    return `takes POSTs at ${receivingPlace('POST', { ...settings, listen })}`;
  }
  const headers = await requestHeaders(settings);
  const get = { url, headers, timeoutSeconds: settings.timeout };
  const answer = await getOnce(get, systemClock, new AbortController().signal);
  const place = withoutSecrets(url);
  const read = createMessageReader(settings)(answer?.text ?? '');
  if (read === null) return `${place} answers, with a message that where passes over`;
  if ('reason' in read) throw new Error(`GET ${place}: ${read.reason}`);
  return `${place} gives ${read.reading.value}`;
}
