import { z } from 'zod';
import { defineInput, type InputContext, type Probe } from '../../contract/adapters.js';
import { systemClock } from '../../contract/clock.js';
import { reasonOf } from '../../contract/errors.js';
import { runChildSource } from '../child-source.js';
import { describeCameras } from '../picture/camera-devices.js';
import { cameraProgram } from '../picture/camera-program.js';
import { createBrightness, createMotion } from '../picture/luma.js';
import { createPicturePace } from '../picture/picture-pace.js';
import { createPictureReader } from '../picture/picture-reader.js';

const IDLE_SECONDS = 5;
const PROBE_SECONDS = 5;
const READING_SECONDS = 0.01;

const share = z.number().min(0).max(1);
const pixels = z.int().min(1).max(1920);

const options = z.strictObject({
  measure: z
    .enum(['brightness', 'motion'])
    .default('brightness')
    .describe('brightness: mean luma, 0 to 1; motion: mean change since the last reading, 0 to 1'),
  region: z
    .tuple([share, share, share, share], {
      error: 'left, top, width and height as shares such as [0.25, 0, 0.5, 1]',
    })
    .refine(
      ([left, top, width, height]) =>
        width > 0 && height > 0 && left + width <= 1 + 1e-9 && top + height <= 1 + 1e-9,
      'left, top, width and height as shares of a picture that they do not leave, such as [0.25, 0, 0.5, 1]',
    )
    .default([0, 0, 1, 1])
    .describe('left, top, width and height as shares of the picture: what counts of it'),
  program: z
    .enum(['auto', 'ffmpeg', 'rpicam-vid'])
    .default('auto')
    .describe("what sees; rpicam-vid for a camera at a Pi's own connector, else ffmpeg, unless given"),
  format: z
    .string()
    .regex(/^[a-z0-9_,]+$/i, 'a format of ffmpeg such as v4l2 or avfoundation, or file')
    .default('v4l2')
    .describe('what the device is: v4l2, file, or another format that ffmpeg reads (avfoundation, lavfi)'),
  device: z
    .string()
    .min(1)
    .optional()
    .describe("which one; the Pi's own camera where there is one, else /dev/video0, unless given"),
  size: z
    .tuple([pixels, pixels], { error: 'width and height in pixels such as [64, 48]' })
    .default([64, 48])
    .describe('pixels, width and height, to which pictures are scaled down before they are measured'),
  fps: z
    .number()
    .positive()
    .max(240)
    .optional()
    .describe('pictures a second that the camera is asked for; one for each reading, 5 to 30, unless given'),
});
type Options = z.output<typeof options>;

/** How bright it is, or how much moves. Pictures are measured as they come and kept nowhere. */
export const cameraInput = defineInput({
  name: 'camera',
  options,
  everySeconds: () => READING_SECONDS,
  encoder: () => ({ name: 'level', min: 0, max: 1 }),
  probe,
  create: (settings, context) => ({ run: (signal) => watch(settings, context, signal) }),
});

async function watch(
  settings: Options,
  { clock, everySeconds, emit }: InputContext,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const { command, pictureBytes } = await cameraProgram({ ...settings, everySeconds }, signal);
  const createMeasure = settings.measure === 'motion' ? createMotion : createBrightness;
  const measure = createMeasure(settings.size, settings.region);
  const isDue = createPicturePace(clock, everySeconds);
  const onChunk = createPictureReader(pictureBytes, (picture) => {
    if (signal.aborted || !isDue()) return;
    const value = measure(picture);
    if (value !== undefined) emit({ value });
  });
  await runChildSource(command, { clock, idleSeconds: IDLE_SECONDS, onChunk }, signal);
}

/** Watches until the first picture comes. */
async function probe(settings: Options): Promise<Probe> {
  const seen = new AbortController();
  const devices = settings.format === 'v4l2' ? `; ${await describeCameras(seen.signal)}` : '';
  try {
    const { command } = await cameraProgram({ ...settings, everySeconds: READING_SECONDS }, seen.signal);
    const reader = { clock: systemClock, idleSeconds: PROBE_SECONDS, onChunk: () => seen.abort() };
    await runChildSource(command, reader, seen.signal);
    return { ok: true, detail: `pictures come through ${command.program}${devices}` };
  } catch (error) {
    return { ok: false, reason: `${reasonOf(error)}${devices}` };
  }
}
