import { z } from 'zod';
import { defineOutput, type Output, type OutputContext } from '../../contract/adapters.js';
import { durationSchema } from '../../contract/config/duration.js';
import { reasonOf } from '../../contract/errors.js';
import { eventMessageSchema } from '../../contract/payloads/event.js';
import { bearerOptions, readBearer } from '../bearer.js';
import { headersSchema, urlSchema } from '../http-options.js';
import { withoutSecrets } from '../http-request.js';
import { spoolLimitSchema } from '../spool-limit.js';
import { expressionOption } from '../state-expression.js';
import { templateSchema } from '../text-template.js';
import { openWebhookEvents } from '../webhook-events.js';
import { createWebhookSender, plainHeaders } from '../webhook-sender.js';
import { readSigningKeys, secretOptions } from '../webhook-signature.js';
import { createStateBody } from '../webhook-state-body.js';
import { StatePoster } from '../webhook-states.js';
import { createEventBody, eventTemplateSchema } from '../webhook-template.js';

const kindSchema = z.enum(['states', 'changes', 'events']);
const EVENT_TYPES = eventMessageSchema.options.map(({ shape }) => shape.type.value);

const options = z.strictObject({
  url: urlSchema(['http', 'https'], 'https://example.org/coherence').describe(
    'where to POST, http:// or https://',
  ),
  on: z
    .union([kindSchema, z.array(kindSchema).min(1)], {
      error: 'states, changes or events, or a list of them',
    })
    .default('states')
    .describe('what is posted: every state, only the states that are changes, events; or a list of them'),
  step: z.number().gt(0).default(0.01).describe('how far coherence or value moves to be a change'),
  value: expressionOption
    .optional()
    .describe(
      'posted with a state, and what moves to be a change; over coherence, real, imag, magnitude, angle, unified, order',
    ),
  types: z
    .array(z.enum(EVENT_TYPES))
    .min(1)
    .optional()
    .describe('the events that are posted; all unless given'),
  template: templateSchema
    .optional()
    .describe(`what is posted for a state, in place of the seed's JSON: ${templateSchema.description}`),
  event_template: eventTemplateSchema
    .optional()
    .describe(`what is posted for an event, in place of its JSON: ${eventTemplateSchema.description}`),
  content_type: z
    .string()
    .regex(/^[\w.+-]+\/[\w.+-]+(; ?[\w.+-]+=[\w.+-]+)*$/, 'a content type such as text/plain')
    .default('application/json')
    .describe('of what is posted'),
  timeout: durationSchema(0.001, 600).prefault('5s').describe('for the whole answer'),
  every: durationSchema(0).prefault('100ms').describe('between two states, at least'),
  headers: headersSchema.default({}).describe('sent with every post'),
  ...bearerOptions,
  ...secretOptions,
  spool_limit: spoolLimitSchema
    .prefault('100MB')
    .describe('how much of the disk waiting events may take, as in 500kB or 2GB; then the oldest go'),
});
type Options = z.output<typeof options>;

/**
 * POSTs states, one at a time, to an HTTP server, and events, which wait on the disk until they are delivered.
 *
 * @see https://www.standardwebhooks.com for its headers and signatures.
 */
export const apiOutput = defineOutput({
  name: 'api',
  options,
  keepsEvents: (settings) => kindsOf(settings).has('events'),
  async probe(settings) {
    try {
      await Promise.all([readBearer(settings), readSigningKeys(settings), bodiesOf(settings)]);
      return { ok: true, detail: `POSTs to ${withoutSecrets(settings.url)}` };
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  },
  create: createApi,
});

async function createApi(settings: Options, context: OutputContext): Promise<Output> {
  const { clock } = context;
  const { every: everySeconds, step, types, spool_limit: limitBytes } = settings;
  const kinds = kindsOf(settings);
  const send = createWebhookSender(settings, clock);
  const { state, event } = await bodiesOf(settings);
  const change = kinds.has('states') ? undefined : { of: state.figureOf, step };
  const takesStates = kinds.has('states') || kinds.has('changes');
  const poster = new StatePoster({ clock, send, bodyOf: state.bodyOf, everySeconds, change });
  const events = kinds.has('events')
    ? await openWebhookEvents({ types, limitBytes, send, bodyOf: event }, context)
    : undefined;
  let closed = false;
  return {
    async write(message, signal) {
      if (takesStates && !closed) await poster.write(message, signal);
    },
    ...(events === undefined ? {} : { event: (message) => events.take(message) }),
    quiet: () => poster.forget(),
    async close() {
      closed = true;
      await events?.close();
    },
  };
}

function kindsOf({ on }: Options): ReadonlySet<z.output<typeof kindSchema>> {
  return new Set(typeof on === 'string' ? [on] : on);
}

/** @throws Error with a sentence when a formula or a template is not one that can be used. */
async function bodiesOf(settings: Options) {
  const isJson = /[/+]json\b/i.test(plainHeaders(settings).get('content-type') ?? '');
  const event = createEventBody(settings.event_template, isJson);
  return { state: await createStateBody(settings, isJson), event };
}
