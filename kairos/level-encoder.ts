import type { Encoder } from './encoder.js';
import { createDisciplinedEncoder, type EncoderKernel, type Reading } from './encoder-discipline.js';

/** The range of a level, in the reading's own unit. */
export interface LevelOptions {
  readonly min: number;
  readonly max: number;
}

/**
 * Encodes how high a reading stands in its range: z = (x - min)/(max - min) + 0i, clipped to [0, 1] and
 * counted.
 *
 * @param options `min` < `max`, both finite, in the reading's unit (a temperature 0..100, a brightness 0..1).
 * @throws RangeError when the range is empty, upside down or not finite.
 * @see seed, `InputAdapter.read`; kairos.md, section 1.
 */
export function createLevelEncoder(options: LevelOptions): Encoder {
  const { min, max } = options;
  if (!(max > min) || !Number.isFinite(max - min)) {
    throw new RangeError(`a level from ${min} to ${max} is no range; min must be below max and both finite`);
  }
  return createDisciplinedEncoder('level', new LevelKernel(min, max - min));
}

class LevelKernel implements EncoderKernel {
  readonly usesImag = false;
  readonly hasSums = false;
  private readonly min: number;
  private readonly span: number;

  constructor(min: number, span: number) {
    this.min = min;
    this.span = span;
  }

  start(reading: Reading): void {
    const share = (reading.real - this.min) / this.span;
    reading.phaseReal = Math.min(1, Math.max(0, share));
    reading.isClipped = reading.phaseReal !== share;
  }

  step(reading: Reading): void {
    this.start(reading);
  }
}
