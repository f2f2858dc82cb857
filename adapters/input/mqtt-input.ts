import { once } from 'node:events';
import { z } from 'zod';
import { defineInput, type Reading } from '../../contract/adapters.js';
import { TOPIC_INPUT } from '../../contract/config/schema.js';
import { parseTimestamp } from '../../contract/instant.js';
import { type InputMessage, readInputMessage } from '../../contract/payloads/input.js';

/** Takes what any MQTT client publishes on the input's own topic, `<prefix>/<node>/input/<channel>`. */
export const topicInput = defineInput({
  name: TOPIC_INPUT,
  options: z.strictObject({}),
  create: (_options, { emit, reject, onMessage }) => ({
    async run(signal) {
      if (signal.aborted) return;
      const stop = onMessage((text) => {
        const result = readInputMessage(text);
        if ('reason' in result) reject(result.reason);
        else emit(readingOf(result.message));
      });
      await once(signal, 'abort');
      stop();
    },
  }),
});

function readingOf(message: InputMessage): Reading {
  if (typeof message === 'number') return { value: message };
  const at = message.timestamp === undefined ? {} : { at: parseTimestamp(message.timestamp) };
  return 'value' in message
    ? { value: message.value, ...at }
    : { value: message.real, imag: message.imag, ...at };
}
