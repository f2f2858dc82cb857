import { z } from 'zod';

/** What records and from where, of every input that listens. */
export const recordingOptions = {
  program: z
    .enum(['auto', 'arecord', 'ffmpeg', 'sox'])
    .default('auto')
    .describe('what records; the first of them that is installed unless given'),
  format: z
    .string()
    .regex(/^[a-z0-9_,]+$/i, 'a format of ffmpeg such as pulse or avfoundation, alsa, or file')
    .default('alsa')
    .describe('what the device is: alsa, file, or a format that ffmpeg reads (pulse, avfoundation, lavfi)'),
  device: z
    .string()
    .min(1)
    .default('default')
    .describe('which one: a name of ALSA, a file, what the format calls it'),
};
