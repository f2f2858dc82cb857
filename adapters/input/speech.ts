import { z } from 'zod';
import { defineInput, type InputContext, type Probe } from '../../contract/adapters.js';
import { type Clock, systemClock } from '../../contract/clock.js';
import { durationSchema } from '../../contract/config/duration.js';
import { reasonOf } from '../../contract/errors.js';
import { runChildSource } from '../child-source.js';
import { urlSchema } from '../http-options.js';
import { recorderCommand } from '../sound/recorder.js';
import { SampleClock } from '../sound/sample-clock.js';
import { SpeechQueue } from '../speech/speech-queue.js';
import { createTranscriber, type Transcriber } from '../speech/transcriber.js';
import { UtteranceCutter } from '../speech/utterance-cutter.js';
import { measureEncoder, measureOption, measureText } from '../text-measure.js';

/** What whisper takes. */
const RATE_HZ = 16_000;
const PERIOD_SAMPLES = RATE_HZ / 50;
const IDLE_SECONDS = 5;
const PROBE_SECONDS = 3;

import { recordingOptions } from '../sound/recording-options.js';

const options = z.strictObject({
  url: urlSchema(['http', 'https'], 'http://127.0.0.1:8081/inference')
    .default('http://127.0.0.1:8081/inference')
    .describe('where a whisper.cpp server turns speech into text, its /inference'),
  language: z
    .string()
    .regex(/^[a-z]{2,3}$|^auto$/, 'a language such as en or de, or auto')
    .optional()
    .describe("what is spoken: en, de, auto; the server's own unless given"),
  timeout: durationSchema(0.001, 300).prefault('60s').describe('for the text of an utterance'),
  threshold: z
    .number()
    .gt(0)
    .max(1)
    .default(0.02)
    .describe('how loud speech is at least: RMS, 1 for a full-scale square wave'),
  pause: durationSchema(0.1, 10).prefault('0.8s').describe('the silence that ends an utterance'),
  longest: durationSchema(1, 30).prefault('15s').describe('an utterance that is longer is cut'),
  ...recordingOptions,
  measure: measureOption,
});
type Options = z.output<typeof options>;

/** Hears what is said, has a whisper.cpp server turn it into text, and measures each utterance as `text` does a line. */
export const speechInput = defineInput({
  name: 'speech',
  options,
  encoder: ({ measure }) => measureEncoder(measure),
  probe,
  create: (settings, context) => ({
    async run(signal) {
      if (!signal.aborted) await listen(settings, context, signal);
    },
  }),
});

async function listen(settings: Options, context: InputContext, signal: AbortSignal): Promise<void> {
  const { clock, emit, reject, lose } = context;
  const { measure, threshold, pause: pauseSeconds, longest: longestSeconds } = settings;
  const over = new AbortController();
  const queue = new SpeechQueue(
    transcriberOf(settings, clock),
    {
      said(text, { at }) {
        if (!signal.aborted) emit({ value: measureText(measure, text), at });
      },
      left: reject,
      failed: (reason) => lose(advised(reason, settings)),
    },
    over.signal,
  );
  const sampleClock = new SampleClock(clock, RATE_HZ);
  const cutting = { rateHz: RATE_HZ, threshold, pauseSeconds, longestSeconds };
  const cutter = new UtteranceCutter(cutting, (utterance) => queue.add(utterance));
  const onChunk = (chunk: Buffer): void => {
    sampleClock.arrive(chunk.length / 2);
    cutter.take(chunk, (samplesAfter) => sampleClock.instantOf(samplesAfter));
  };
  try {
    await runChildSource(await recorderOf(settings), { clock, idleSeconds: IDLE_SECONDS, onChunk }, signal);
  } finally {
    over.abort();
  }
}

function recorderOf({ program, format, device }: Options) {
  return recorderCommand({ program, format, device, rateHz: RATE_HZ, periodSamples: PERIOD_SAMPLES });
}

function transcriberOf({ url, language, timeout: timeoutSeconds }: Options, clock: Clock): Transcriber {
  return createTranscriber({ url, language, timeoutSeconds, rateHz: RATE_HZ }, clock);
}

function advised(reason: string, { url }: Options): string {
  if (!reason.includes('ECONNREFUSED')) return reason;
  const { port } = new URL(url);
  return `${reason}; start whisper.cpp's server there: whisper-server -m ggml-base.en.bin --port ${port}`;
}

/** Has a second of silence transcribed, and records until the first sound comes. */
async function probe(settings: Options): Promise<Probe> {
  try {
    const { signal } = new AbortController();
    const silence = Buffer.alloc(2 * RATE_HZ);
    await transcriberOf(settings, systemClock)(silence, signal).catch((error) => {
      throw new Error(advised(reasonOf(error), settings), { cause: error });
    });
    const command = await recorderOf(settings);
    const heard = new AbortController();
    const reader = { clock: systemClock, idleSeconds: PROBE_SECONDS, onChunk: () => heard.abort() };
    await runChildSource(command, reader, heard.signal);
    return {
      ok: true,
      detail: `sound comes through ${command.program}, and ${settings.url} turns it into text`,
    };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}
