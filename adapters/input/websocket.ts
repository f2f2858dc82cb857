import { z } from 'zod';
import { defineInput, type InputContext } from '../../contract/adapters.js';
import { systemClock } from '../../contract/clock.js';
import { durationSchema } from '../../contract/config/duration.js';
import { reasonOf } from '../../contract/errors.js';
import { bearerOptions, readBearer } from '../bearer.js';
import { headersSchema, urlSchema } from '../http-options.js';
import { withoutSecrets } from '../http-request.js';
import { createMessageReader, messageOptions } from '../message-reader.js';
import { type ReceivingSite, receive, receivingPlace } from '../receive.js';
import { createGate, listenOptions } from '../receiver.js';
import { urlOrListen } from '../url-or-listen.js';
import { hearWebSocket, type WebSocketClientOptions } from '../web-socket-client.js';
import { createWebSocketSite, MOST_MESSAGE_BYTES } from '../web-socket-site.js';

const helloSchema = z.union([
  z.string(),
  z.record(z.string(), z.unknown()).describe('sent as JSON'),
  z.array(z.unknown()).describe('sent as JSON'),
]);

const options = z.strictObject({
  url: urlSchema(['ws', 'wss'], 'wss://example.org/feed')
    .optional()
    .describe('the server to hear, ws:// or wss://; either this or listen'),
  send: z
    .array(helloSchema)
    .default([])
    .describe('what to send to url once it is connected; a map or a list is sent as JSON'),
  ...listenOptions,
  ...messageOptions,
  headers: headersSchema.default({}).describe('sent to url when connecting'),
  ...bearerOptions,
  timeout: durationSchema(0.001, 600).prefault('10s').describe('for connecting to url'),
  idle: durationSchema(0.01)
    .optional()
    .describe('after so long without a message what was read counts no more, and url is connected to anew'),
});
type Options = z.output<typeof options>;

/** Reads a number out of each message of a WebSocket server, or of those that connect here. */
export const websocketInput = defineInput({
  name: 'websocket',
  options,
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
      if (url !== undefined) await hear(url, settings, context, signal);
      else await receiveWebSockets(listen, settings, context, signal);
    },
  }),
});

async function describeSource(settings: Options): Promise<string> {
  const { url, listen } = urlOrListen(settings);
  if (url === undefined) {
    await createGate({ ...settings, listen });
    return `takes WebSockets at ${receivingPlace('WebSocket', { ...settings, listen })}`;
  }
  const stop = new AbortController();
  const client = { ...(await clientOptions(url, settings)), hello: [] };
  await hearWebSocket(client, systemClock, stop.signal, { opened: () => stop.abort(), message() {} });
  return `${withoutSecrets(url)} accepts a WebSocket`;
}

async function clientOptions(url: string, settings: Options): Promise<WebSocketClientOptions> {
  const token = await readBearer(settings);
  return {
    url,
    headers: { ...settings.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    hello: settings.send.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))),
    timeoutSeconds: settings.timeout,
    idleSeconds: settings.idle,
  };
}

/** A connection that ends is a source that died: the agent makes the next, later at each failure in a row. */
async function hear(
  url: string,
  settings: Options,
  context: InputContext,
  signal: AbortSignal,
): Promise<void> {
  const read = createMessageReader(settings);
  const client = await clientOptions(url, settings);
  const place = withoutSecrets(url);
  const message = (text: string): void => {
    const result = read(text);
    if (result === null) return;
    if ('reading' in result) context.emit(result.reading);
    else context.reject(`${place}: ${result.reason}`);
  };
  await hearWebSocket(client, context.clock, signal, { message });
}

/** Waits for others to connect. */
async function receiveWebSockets(
  listen: string,
  settings: Options,
  context: InputContext,
  signal: AbortSignal,
): Promise<void> {
  const { WebSocketServer } = await import('ws');
  const createSite = (): ReceivingSite =>
    createWebSocketSite(
      new WebSocketServer({ noServer: true, maxPayload: MOST_MESSAGE_BYTES, perMessageDeflate: false }),
      context.clock,
    );
  await receive('WebSocket', { ...settings, listen }, createSite, context, signal);
}
