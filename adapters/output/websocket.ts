import { z } from 'zod';
import { defineOutput, type Output, type OutputContext } from '../../contract/adapters.js';
import { sleep } from '../../contract/clock.js';
import { durationSchema } from '../../contract/config/duration.js';
import { reasonOf } from '../../contract/errors.js';
import { bearerOptions, readBearer } from '../bearer.js';
import { headersSchema, urlSchema } from '../http-options.js';
import { withoutSecrets } from '../http-request.js';
import { createGate, listenOptions } from '../receiver.js';
import { WebSocketAudience } from '../web-socket-audience.js';
import { openBroadcast } from '../web-socket-broadcast.js';
import { type PushOptions, pushTo } from '../web-socket-push.js';

const kindSchema = z.enum(['states', 'events']);

const options = z.strictObject({
  url: urlSchema(['ws', 'wss'], 'wss://example.org/mesh')
    .optional()
    .describe('the server to push to, ws:// or wss://; either this or listen'),
  listen: listenOptions.listen.describe(
    'HOST:PORT to serve at; inputs and outputs that name the same share it',
  ),
  route: listenOptions.route.describe('the path of listen'),
  origins: listenOptions.origins.describe('web pages of other hosts that may listen, by origin'),
  max_clients: z.int().min(1).max(100).default(100).describe('how many may be connected to listen'),
  on: z
    .union([kindSchema, z.array(kindSchema).min(1)], { error: 'states or events, or a list of them' })
    .default(['states', 'events'])
    .describe('what is sent'),
  every: durationSchema(0).prefault('20ms').describe('between two states, at least'),
  headers: headersSchema.default({}).describe('sent to url when connecting'),
  ...bearerOptions,
  timeout: durationSchema(0.001, 600).prefault('10s').describe('for connecting to url'),
});
type Options = z.output<typeof options>;

/** Sends states and events as JSON, as they stand on the mesh, to whoever connects, or to a server. */
export const websocketOutput = defineOutput({
  name: 'websocket',
  options,
  async probe(settings) {
    try {
      return { ok: true, detail: await describeUse(settings) };
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  },
  create: createWebSocket,
});

async function createWebSocket(settings: Options, context: OutputContext): Promise<Output> {
  const kinds = new Set([settings.on].flat());
  const audience = new WebSocketAudience();
  const stop = await serve(settings, audience, context);
  let closed = false;
  return {
    async write(state, signal) {
      if (closed || !kinds.has('states')) return;
      audience.tellState(state);
      // Waiting here lets the state that is newest then be the next one.
      if (settings.every > 0) await sleep(context.clock, settings.every, signal);
    },
    ...(kinds.has('events') ? { event: (event) => audience.tellEvent(event) } : {}),
    quiet(reason) {
      if (!closed) audience.tellQuiet(reason);
    },
    async close() {
      closed = true;
      await stop();
    },
  };
}

/** Finds the audience. @returns ends it. */
async function serve(
  settings: Options,
  audience: WebSocketAudience,
  { clock, degrade }: OutputContext,
): Promise<() => Promise<void> | void> {
  const { url, listen } = destinationOf(settings);
  if (url === undefined) return openBroadcast({ ...settings, listen }, audience, clock);
  const over = new AbortController();
  const running = pushTo(pushOptions(url, settings), audience, clock, degrade, over.signal);
  return async () => {
    over.abort();
    await running;
  };
}

async function describeUse(settings: Options): Promise<string> {
  const { url, listen } = destinationOf(settings);
  if (url === undefined) {
    await createGate({ ...settings, listen });
    return `sends to whoever connects to ws://${listen}${settings.route}`;
  }
  await readBearer(settings);
  return `sends to ${withoutSecrets(url)}`;
}

/** @throws Error with a sentence unless there is exactly one of both. */
function destinationOf({ url, listen }: Options) {
  if (url !== undefined && listen === undefined) return { url };
  if (listen !== undefined && url === undefined) return { listen };
  const found = url === undefined ? 'neither url nor listen' : 'both url and listen';
  throw new Error(`found ${found}, expected one of them: url to push to a server, listen to be one`);
}

function pushOptions(url: string, settings: Options): PushOptions {
  return {
    url,
    timeoutSeconds: settings.timeout,
    async headers() {
      const token = await readBearer(settings);
      return { ...settings.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    },
  };
}
