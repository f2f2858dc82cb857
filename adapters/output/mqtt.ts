import { z } from 'zod';
import { defineOutput, type Output, type OutputContext } from '../../contract/adapters.js';
import { durationSchema } from '../../contract/config/duration.js';
import { createPacedPublisher } from '../paced-publisher.js';
import { createMapping, expressionOption } from '../state-expression.js';
import { fillTemplate, templateSchema } from '../text-template.js';
import { topicOption } from '../topic-option.js';

const options = z.strictObject({
  topic: topicOption
    .refine((topic) => !/[+#]/.test(topic), 'a topic without wildcards such as house/coherence')
    .describe('where to publish, on the broker of the mesh'),
  value: expressionOption
    .optional()
    .describe(
      'a formula over coherence, real, imag, magnitude, angle, unified and order; coherence unless given',
    ),
  step: z
    .number()
    .min(0)
    .default(0)
    .describe('how far the value must have moved to be published again; 0 for any change'),
  template: templateSchema
    .optional()
    .describe('a line with the figures of the state in braces instead of the bare value'),
  every: durationSchema(0).prefault('1s').describe('between two messages, at least'),
  quiet: z
    .string()
    .max(1000)
    .optional()
    .describe('what to publish when the mesh is not there; nothing unless given'),
  qos: z.literal([0, 1], '0 or 1').default(0).describe('0: at most once; 1: at least once'),
  retain: z.boolean().default(false).describe('whether the broker keeps the last message'),
});
type Options = z.output<typeof options>;

/** Publishes a figure of the mesh on any topic, on change: for rules and devices of others. */
export const mqttOutput = defineOutput({ name: 'mqtt', options, create: createMqtt });

async function createMqtt(settings: Options, context: OutputContext): Promise<Output> {
  const { topic, step, template, every, quiet, qos, retain } = settings;
  const figureOf = await createMapping('value', settings.value, ({ coherence }) => coherence);
  const publisher = createPacedPublisher(context, { everySeconds: every, qos, retain });
  let told: number | undefined;
  let isOver = false;
  return {
    async write(state, signal) {
      const value = figureOf(state);
      if (isOver || (told !== undefined && Math.abs(value - told) < step)) return;
      const text =
        template === undefined ? String(Number(value.toPrecision(6))) : fillTemplate(template, state);
      await publisher.publish({ topic, text }, signal);
      told = value;
    },
    quiet() {
      if (isOver || quiet === undefined) return;
      told = undefined;
      publisher.publishNow({ topic, text: quiet });
    },
    close() {
      isOver = true;
    },
  };
}
