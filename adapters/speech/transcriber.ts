import { z } from 'zod';
import type { Clock } from '../../contract/clock.js';
import { show } from '../../contract/explain.js';
import { answerJson } from '../answer-json.js';
import {
  HttpFailure,
  type HttpRequest,
  networkFailure,
  placeOf,
  statusFailure,
  withinTime,
} from '../http-request.js';
import { wavFile } from './wav.js';

const MOST_ANSWER_BYTES = 1024 * 1024;
/** What whisper writes for what nobody said: [BLANK_AUDIO], (wind blowing), *laughs*. */
const NO_SPEECH = /\[[^\]]*\]|\([^)]*\)|\*[^*]*\*/g;

export interface TranscriberOptions {
  readonly url: string;
  /** What is spoken, such as `de`; the server's own unless given. */
  readonly language: string | undefined;
  readonly timeoutSeconds: number;
  readonly rateHz: number;
}

/** Turns speech into text. @throws HttpFailure in one sentence when the server does not. */
export type Transcriber = (samples: Uint8Array, signal: AbortSignal) => Promise<string>;

const answerSchema = z.object({ text: z.string() });
const errorSchema = z.object({ error: z.string() });

/**
 * Makes a transcriber of a whisper.cpp server, or of another that takes what it takes.
 *
 * @returns gives the text on one line, without what whisper notes of noises; empty where nobody spoke.
 * @see whisper.cpp, examples/server/README.md: POST /inference, multipart/form-data with file, temperature and
 *   response_format; answered with {"text"} or {"error"}.
 */
export function createTranscriber(options: TranscriberOptions, clock: Clock): Transcriber {
  const { url, language, timeoutSeconds, rateHz } = options;
  const request: HttpRequest = { method: 'POST', url, headers: new Headers() };
  const failed = (error: unknown): never => {
    throw networkFailure(request, error);
  };
  return (samples, signal) =>
    withinTime(timeoutSeconds, clock, signal, async (giveUp) => {
      const body = new FormData();
      body.append('file', new Blob([wavFile(samples, rateHz)], { type: 'audio/wav' }), 'speech.wav');
      body.append('temperature', '0.0');
      body.append('response_format', 'json');
      if (language !== undefined) body.append('language', language);
      const response = await fetch(url, { method: 'POST', body, signal: giveUp, redirect: 'manual' }).catch(
        failed,
      );
      const json = await answerJson(response, MOST_ANSWER_BYTES).catch(failed);
      return textOf(json, request, response, clock.nowSeconds());
    });
}

function textOf(json: unknown, request: HttpRequest, response: Response, nowSeconds: number): string {
  const answer = answerSchema.safeParse(json);
  if (response.ok && answer.success)
    return answer.data.text.replace(NO_SPEECH, ' ').replace(/\s+/g, ' ').trim();
  const error = errorSchema.safeParse(json);
  const said = error.success ? `: ${show(error.data.error)}` : '';
  if (!response.ok) {
    const { message, passing } = statusFailure(request, response, nowSeconds);
    throw new HttpFailure(`${message}${said}`, passing);
  }
  const found = error.success ? error.data.error : json;
  throw new HttpFailure(`${placeOf(request)}: found ${show(found)}, expected {"text": ...}`, false);
}
