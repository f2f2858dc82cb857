import type { Encoder } from './encoder.js';
import { createDisciplinedEncoder, type EncoderKernel, type Reading } from './encoder-discipline.js';

/** How many tokens the language model's context holds. */
export interface TokenOptions {
  readonly context: number;
}

/**
 * Encodes a language model's token: z = position/context + (1 - confidence) i, confidence = exp(logprob).
 *
 * `encode` takes the position (tokens, 0..context) as real and the log probability (<= 0) as imag. Both parts
 * are clipped to be at least 0 and the confidence to at most 1, since a token fills one quadrant only; then
 * the unit disc.
 *
 * @param options `context` > 0, tokens.
 * @throws RangeError when `context` is not a positive finite number.
 * @see seed, the LLM adapter; kairos.md, section 1.
 */
export function createTokenEncoder(options: TokenOptions): Encoder {
  const { context } = options;
  if (!(context > 0) || !Number.isFinite(context)) {
    throw new RangeError(`a context of ${context} tokens is none; it must be a number above 0`);
  }
  return createDisciplinedEncoder('token', new TokenKernel(context));
}

class TokenKernel implements EncoderKernel {
  readonly usesImag = true;
  readonly hasSums = false;
  private readonly context: number;

  constructor(context: number) {
    this.context = context;
  }

  start(reading: Reading): void {
    const { real: position, imag: logProbability } = reading;
    reading.phaseReal = Math.max(0, position / this.context);
    reading.phaseImag = -Math.expm1(Math.min(0, logProbability));
    reading.isClipped = position < 0 || logProbability > 0;
  }

  step(reading: Reading): void {
    this.start(reading);
  }
}
