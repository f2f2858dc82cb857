import { z } from 'zod';
import { defineInput, type InputContext, type Probe } from '../../contract/adapters.js';
import { systemClock } from '../../contract/clock.js';
import { reasonOf } from '../../contract/errors.js';
import { runChildSource } from '../child-source.js';
import { BandPass } from '../sound/band-pass.js';
import { FrameMeter } from '../sound/frame-meter.js';
import { recorderCommand } from '../sound/recorder.js';
import { recordingOptions } from '../sound/recording-options.js';
import { SampleClock } from '../sound/sample-clock.js';
import { describeSoundDevices } from '../sound/sound-devices.js';

const IDLE_SECONDS = 5;
const PROBE_SECONDS = 3;
/** The quietest that 16 bits can tell from silence, 20 log10(2^-16). */
const FLOOR_DBFS = -96;
const FRAME_SECONDS = 0.01;
const LONGEST_PERIOD_SECONDS = 0.05;

const hertz = z.number().positive().max(96_000);

const options = z.strictObject({
  measure: z
    .enum(['amplitude', 'dbfs'])
    .default('amplitude')
    .describe('amplitude: RMS, 1 for a full-scale square wave; dbfs: the same in decibels, -96 to 0'),
  band: z
    .tuple([hertz, hertz], { error: 'two frequencies in hertz such as [80, 300]' })
    .refine(([low, high]) => low < high, 'two frequencies in hertz, the lower one first')
    .optional()
    .describe('hertz from and to: what is heard beyond does not count'),
  ...recordingOptions,
  rate: z.int().min(8000).max(192_000).default(16_000).describe('samples a second'),
});
type Options = z.output<typeof options>;

/** How loud it is: the level of each frame of 10 ms, in all or within a band. */
export const microphoneInput = defineInput({
  name: 'microphone',
  options,
  everySeconds: () => FRAME_SECONDS,
  encoder: ({ measure }) =>
    measure === 'dbfs' ? { name: 'level', min: FLOOR_DBFS, max: 0 } : { name: 'level', min: 0, max: 1 },
  probe,
  create: (settings, context) => ({ run: (signal) => listen(settings, context, signal) }),
});

async function listen(
  settings: Options,
  { clock, everySeconds, emit }: InputContext,
  signal: AbortSignal,
): Promise<void> {
  const frameSamples = Math.max(1, Math.round(everySeconds * settings.rate));
  const meter = new FrameMeter(frameSamples, filterOf(settings));
  const command = await recorderCommand(recordingOf(settings, frameSamples));
  const sampleClock = new SampleClock(clock, settings.rate);
  const levelOf = settings.measure === 'dbfs' ? decibels : Math.sqrt;
  const onFrame = (meanSquare: number, samplesAfter: number): void => {
    if (signal.aborted) return;
    // A filter rings: within one frame it can give more than went in.
    emit({ value: levelOf(Math.min(1, meanSquare)), at: sampleClock.instantOf(samplesAfter) });
  };
  const onChunk = (chunk: Buffer): void => {
    sampleClock.arrive(meter.samplesIn(chunk));
    meter.take(chunk, onFrame);
  };
  await runChildSource(command, { clock, idleSeconds: IDLE_SECONDS, onChunk }, signal);
}

function filterOf({ band, rate }: Options): BandPass | undefined {
  return band === undefined ? undefined : new BandPass(band[0], band[1], rate);
}

function recordingOf({ program, format, device, rate }: Options, frameSamples: number) {
  const periodSamples = Math.min(frameSamples, Math.round(LONGEST_PERIOD_SECONDS * rate));
  return { program, format, device, rateHz: rate, periodSamples };
}

function decibels(meanSquare: number): number {
  return Math.max(FLOOR_DBFS, 10 * Math.log10(meanSquare));
}

/** Records until the first sound comes. */
async function probe(settings: Options): Promise<Probe> {
  const { format, device, rate } = settings;
  const devices = format === 'alsa' ? `; ${await describeSoundDevices()}` : '';
  try {
    filterOf(settings);
    const command = await recorderCommand(recordingOf(settings, Math.round(FRAME_SECONDS * rate)));
    const heard = new AbortController();
    const reader = { clock: systemClock, idleSeconds: PROBE_SECONDS, onChunk: () => heard.abort() };
    await runChildSource(command, reader, heard.signal);
    const from = format === 'alsa' ? ` from ${device}` : '';
    return { ok: true, detail: `sound comes through ${command.program}${from}${devices}` };
  } catch (error) {
    return { ok: false, reason: `${reasonOf(error)}${devices}` };
  }
}
