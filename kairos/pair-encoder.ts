import type { Encoder } from './encoder.js';
import { createDisciplinedEncoder, type EncoderKernel, type Reading } from './encoder-discipline.js';

/**
 * Takes the publisher's own phase: z = real + imag i, limited to the unit disc.
 *
 * @see seed, the phase message itself; kairos.md, section 1.
 */
export function createPairEncoder(): Encoder {
  return createDisciplinedEncoder('pair', new PairKernel());
}

class PairKernel implements EncoderKernel {
  readonly usesImag = true;
  readonly hasSums = false;

  start(reading: Reading): void {
    reading.phaseReal = reading.real;
    reading.phaseImag = reading.imag;
  }

  step(reading: Reading): void {
    this.start(reading);
  }
}
