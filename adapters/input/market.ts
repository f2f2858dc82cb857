import { z } from 'zod';
import {
  defineInput,
  type InputContext,
  type InputDefinition,
  type Probe,
  type Reading,
} from '../../contract/adapters.js';
import { durationSchema } from '../../contract/config/duration.js';
import { reasonOf } from '../../contract/errors.js';
import { instantFromSeconds } from '../../contract/instant.js';
import { urlSchema } from '../http-options.js';
import { createLogReturns, type LogReturns } from '../log-returns.js';
import { playRecording } from '../recording-player.js';
import { httpInput } from './http.js';
import { replayInput } from './replay.js';
import { websocketInput } from './websocket.js';

const { path, time_path, where, send, headers, token_env, token_file, timeout, idle } =
  websocketInput.options.shape;
const { file, time_column, speed, loop } = replayInput.options.shape;

const options = z.strictObject({
  url: urlSchema(['http', 'https', 'ws', 'wss'], 'wss://example.org/ticker')
    .optional()
    .describe('where prices come from: http(s):// is polled, ws(s):// is heard; either this or file'),
  path,
  time_path,
  where,
  send,
  headers: headers.describe('sent with every poll, or when connecting'),
  token_env,
  token_file,
  timeout: timeout.describe('for the whole answer to a poll, or for connecting'),
  idle,
  file: file.optional().describe('a CSV file of prices to replay'),
  column: z.string().min(1).default('price').describe("the name of the price's column in file"),
  time_column,
  speed,
  loop,
  memory: durationSchema().prefault('1h').describe('over which the spread of its returns is learnt'),
});
type Options = z.output<typeof options>;

/**
 * Reads prices and gives their log-returns in units of their own spread.
 *
 * Its encoder is trend, because a return is noise around zero whose sign is all that two markets can share: its angle
 * tells rising from falling, so that markets which move together have equal angles, where level would have none.
 */
export const marketInput = defineInput({
  name: 'market',
  options,
  everySeconds: ({ url }) => (url !== undefined && /^http/.test(url) ? 10 : undefined),
  encoder: ({ memory }) => ({ name: 'trend', memory }),
  async probe(settings) {
    try {
      return await sourceOf(settings).probe();
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  },
  create: (settings, context) => ({
    async run(signal) {
      if (signal.aborted) return;
      const returns = createLogReturns(settings.memory);
      const prices = { ...context, emit: (reading: Reading) => tell(reading, returns, context) };
      await sourceOf(settings).run(prices, signal, () => returns.breakOff());
    },
  }),
});

function tell(
  { value: price, at }: Reading,
  returns: LogReturns,
  { clock, emit, reject }: InputContext,
): void {
  if (price <= 0) {
    reject(`found the price ${price}, expected one above 0`);
    return;
  }
  const value = returns.next(price, at ?? instantFromSeconds(clock.monotonicSeconds()));
  if (value !== null) emit({ value, ...(at === undefined ? {} : { at }) });
}

/** Where prices come from. */
interface PriceSource {
  probe(): Promise<Probe>;
  /** @param began called where prices begin that do not follow upon those before. */
  run(context: InputContext, signal: AbortSignal, began: () => void): Promise<void>;
}

/** @throws Error with a sentence unless there is exactly one of url and file. */
function sourceOf(settings: Options): PriceSource {
  const { url, file } = settings;
  if ((url === undefined) === (file === undefined)) {
    const found = url === undefined ? 'neither url nor file' : 'both url and file';
    throw new Error(`found ${found}, expected one of them: url to ask a server, file to replay a recording`);
  }
  if (url === undefined) {
    const recording = settingsOf(replayInput, settings);
    return {
      probe: async () => (await replayInput.probe?.(recording)) ?? { ok: true },
      run: (context, signal, began) => playRecording(recording, context, signal, began),
    };
  }
  return /^http/.test(url) ? adapterSource(httpInput, settings) : adapterSource(websocketInput, settings);
}

function adapterSource<Shape extends z.ZodObject>(
  definition: InputDefinition<Shape>,
  settings: Options,
): PriceSource {
  const own = settingsOf(definition, settings);
  return {
    probe: async () => (await definition.probe?.(own)) ?? { ok: true },
    run: (context, signal) => definition.create(own, context).run(signal),
  };
}

/** Those of the settings that another adapter has, too. */
function settingsOf<Shape extends z.ZodObject>(
  { options: schema }: InputDefinition<Shape>,
  settings: Options,
): z.output<Shape> {
  const known = Object.entries(settings).filter(([name]) => Object.hasOwn(schema.shape, name));
  return schema.parse(Object.fromEntries(known));
}
