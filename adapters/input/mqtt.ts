import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { defineInput, type InputContext, type TopicText } from '../../contract/adapters.js';
import { brokerUrlSchema } from '../../contract/broker-url.js';
import { durationSchema } from '../../contract/config/duration.js';
import { reasonOf } from '../../contract/errors.js';
import { createAvailabilityReader, deviceAvailabilitySchema } from '../device-availability.js';
import { createMessageReader, messageOptions } from '../message-reader.js';
import { topicOption } from '../topic-option.js';

const options = z.strictObject({
  topic: topicOption.describe(
    'a topic or a filter; {device} for a level makes a node of each device, see nodes',
  ),
  ...messageOptions,
  retained: z.boolean().default(false).describe('take what the broker had kept from before, too'),
  availability: deviceAvailabilitySchema
    .optional()
    .describe('where the device says whether it is there; while it is not, its last reading does not count'),
  expire_after: durationSchema()
    .optional()
    .describe('without a reading for so long the last one does not count; it always does unless given'),
  broker: brokerUrlSchema.optional().describe("another broker than the mesh's own; may hold a user"),
  password_file: z.string().min(1).optional().describe("a file with the password of that broker's user"),
});
type Options = z.output<typeof options>;

/** Takes what devices publish on topics of their own, as ESPHome, Tasmota and Zigbee2MQTT do, unchanged. */
export const mqttInput = defineInput({
  name: 'mqtt',
  options,
  hears: (settings) => {
    const read = createMessageReader(settings);
    const fits = (text: string): boolean => 'reading' in (read(text) ?? {});
    return { topic: settings.topic, brokerUrl: brokerUrlOf(settings), fits };
  },
  create: (settings, context) => ({
    async run(signal) {
      if (signal.aborted) return;
      const brokerUrl = brokerUrlOf(settings);
      const expiry = createExpiry(settings, context);
      const stops = await Promise.all([
        hearReadings(settings, brokerUrl, context, expiry.touch),
        hearAvailability(settings, brokerUrl, context),
      ]);
      if (!signal.aborted) await once(signal, 'abort');
      expiry.cancel();
      for (const stop of stops) stop();
    },
  }),
});

function hearReadings(
  settings: Options,
  brokerUrl: string | undefined,
  { hear, emit, reject, lose }: InputContext,
  touch: () => void,
): Promise<() => void> {
  const read = createMessageReader(settings);
  const take = ({ topic, text }: TopicText): void => {
    const result = read(text);
    if (result === null) return;
    if ('reason' in result) return reject(`${topic}: ${result.reason}`);
    touch();
    emit(result.reading);
  };
  const away = (reason: string | null): void => {
    if (reason !== null) lose(reason);
  };
  return hear(settings.topic, take, { brokerUrl, retained: settings.retained, away });
}

async function hearAvailability(
  { availability }: Options,
  brokerUrl: string | undefined,
  { hear, reject, lose }: InputContext,
): Promise<() => void> {
  if (availability === undefined) return () => {};
  const read = createAvailabilityReader(availability);
  const take = ({ topic, text }: TopicText): void => {
    const result = read(text);
    if ('reason' in result) reject(result.reason);
    else if (!result.isThere) lose(`${topic} says that the device is ${availability.offline}`);
  };
  return hear(availability.topic, take, { brokerUrl, retained: true });
}

/** Notices when readings stay away. */
function createExpiry(
  { expire_after, topic }: Options,
  { clock, lose }: InputContext,
): { touch(): void; cancel(): void } {
  if (expire_after === undefined) return { touch() {}, cancel() {} };
  const wait = (): (() => void) =>
    clock.after(expire_after, () => lose(`nothing has come on ${topic} for ${expire_after} s`));
  let cancel = wait();
  return {
    touch() {
      cancel();
      cancel = wait();
    },
    cancel: () => cancel(),
  };
}

/** The broker with the password out of the file. */
function brokerUrlOf({ broker, password_file }: Options): string | undefined {
  if (broker === undefined || password_file === undefined) return broker;
  const url = new URL(broker);
  try {
    url.password = encodeURIComponent(readFileSync(password_file, 'utf8').trim());
  } catch (error) {
    throw new Error(`cannot read password_file ${password_file}: ${reasonOf(error)}`, { cause: error });
  }
  return url.href;
}
