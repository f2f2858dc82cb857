import { z } from 'zod';
import { durationSchema } from './duration.js';

const encoders = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('level'),
    min: z.number().optional().describe("the reading that gives 0; the channel's range unless given"),
    max: z.number().optional().describe("the reading that gives 1; the channel's range unless given"),
  }),
  z.strictObject({
    name: z.literal('trend'),
    memory: durationSchema()
      .optional()
      .describe('how far back its own ups and downs count; 20 tau_base, at least 20 s, unless given'),
  }),
  z.strictObject({
    name: z.literal('token'),
    context: z.number().positive().default(4096).describe('tokens in the context of the model'),
  }),
  z.strictObject({ name: z.literal('pair') }),
  z.strictObject({
    name: z.literal('rhythm'),
    frequency: z.number().positive().max(1e6).describe('hertz: the rhythm looked for'),
    bandwidth: z
      .number()
      .positive()
      .optional()
      .describe('hertz, at most the frequency; a tenth of it unless given'),
  }),
  z.strictObject({ name: z.literal('pulse') }),
  z.strictObject({
    name: z.literal('expression'),
    formula: z.string().min(1).max(500).describe('over x, t and dt, real or complex: exp(i*2*pi*x/24)'),
  }),
]);

/** How readings become a phase: `trend`, or `{ name: level, min: 0, max: 40 }` where there is something to set. */
export const encoderSchema = z
  .preprocess((value) => (typeof value === 'string' ? { name: value } : value), encoders)
  .superRefine((encoder, context) => {
    if (
      encoder.name === 'rhythm' &&
      encoder.bandwidth !== undefined &&
      encoder.bandwidth > encoder.frequency
    ) {
      context.addIssue({
        code: 'custom',
        path: ['bandwidth'],
        message: `a number at most the frequency (${encoder.frequency})`,
      });
    }
    if (encoder.name !== 'level') return;
    const { min, max } = encoder;
    if ((min === undefined) !== (max === undefined)) {
      context.addIssue({ code: 'custom', message: 'both min and max, or neither' });
    } else if (min !== undefined && max !== undefined && min >= max) {
      context.addIssue({ code: 'custom', path: ['max'], message: `a number above min (${min})` });
    }
  });
export type EncoderConfig = z.output<typeof encoders>;

/** Channels whose range is known, in the units named; the seed gives temperature, amplitude and brightness. */
export const CHANNEL_RANGES: Readonly<
  Record<string, { readonly min: number; readonly max: number; readonly unit: string }>
> = {
  temperature: { min: 0, max: 100, unit: '°C' },
  humidity: { min: 0, max: 100, unit: '%' },
  pressure: { min: 900, max: 1100, unit: 'hPa' },
  amplitude: { min: 0, max: 1, unit: '' },
  brightness: { min: 0, max: 1, unit: '' },
  motion: { min: 0, max: 1, unit: '' },
  battery: { min: 0, max: 100, unit: '%' },
};

/** The encoder of a channel that says nothing of its own: level where the range is known, else trend. */
export function defaultEncoder(channel: string): EncoderConfig {
  const range = CHANNEL_RANGES[channel];
  return range === undefined ? { name: 'trend' } : { name: 'level', min: range.min, max: range.max };
}
