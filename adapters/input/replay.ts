import { z } from 'zod';
import { defineInput } from '../../contract/adapters.js';
import { reasonOf } from '../../contract/errors.js';
import { readRecording } from '../recording.js';
import { playRecording } from '../recording-player.js';
import { valueOptions } from '../value-reader.js';

const { map, unit, source_unit } = valueOptions;

const options = z.strictObject({
  file: z.string().min(1).describe('a CSV file whose first line names the columns'),
  column: z
    .string()
    .min(1)
    .optional()
    .describe("the name of the value's column; value, or real and imag, unless given"),
  time_column: z
    .string()
    .min(1)
    .optional()
    .describe(
      'the name of the column of times; time unless given, and if there is none, rows are every apart',
    ),
  speed: z.number().min(1e-6).max(1e6).default(1).describe('how many times faster than recorded'),
  loop: z.boolean().default(false).describe('whether it begins again when it has ended'),
  map,
  unit,
  source_unit,
});

/** Gives the readings of a recording again, with their timing, as if they were measured now. */
export const replayInput = defineInput({
  name: 'replay',
  options,
  async probe(settings) {
    try {
      for await (const row of readRecording(settings)) {
        if ('reason' in row) continue;
        return { ok: true, detail: `${settings.file} begins with ${row.value} in line ${row.line}` };
      }
      return { ok: false, reason: `${settings.file} holds no row that can be read, expected some` };
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  },
  create: (settings, context) => ({
    async run(signal) {
      if (!signal.aborted) await playRecording(settings, context, signal);
    },
  }),
});
