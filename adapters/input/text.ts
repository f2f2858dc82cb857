import { z } from 'zod';
import { defineInput } from '../../contract/adapters.js';
import { lineSourceOptions, probeLineSource, readLines } from '../line-source.js';
import { measureEncoder, measureOption, measureText } from '../text-measure.js';

/** Reads lines of text as they come, and measures each: that it came, how long it is, or how many words it has. */
export const textInput = defineInput({
  name: 'text',
  options: z.strictObject({ ...lineSourceOptions, measure: measureOption }),
  encoder: ({ measure }) => measureEncoder(measure),
  probe: probeLineSource,
  create: ({ measure, ...source }, context) => ({
    async run(signal) {
      if (signal.aborted) return;
      const take = (text: string): void => context.emit({ value: measureText(measure, text) });
      await readLines(source, context, take, signal);
    },
  }),
});
