import type { BandPass } from './band-pass.js';

const FULL_SCALE_SQUARED = 32_768 ** 2;

/**
 * Measures the power of each frame of a sound, whatever the chunks it comes in.
 *
 * It takes 16-bit signed little-endian samples of one channel (S16_LE) and allocates nothing a sample.
 */
export class FrameMeter {
  private readonly frameSamples: number;
  private readonly filter: BandPass | undefined;
  private power = 0;
  private count = 0;
  /** The first byte of a sample whose second has not come; -1 when there is none. */
  private lowByte = -1;

  /** @param filter what each sample goes through first. */
  constructor(frameSamples: number, filter?: BandPass) {
    this.frameSamples = frameSamples;
    this.filter = filter;
  }

  /** How many samples these bytes complete. */
  samplesIn(chunk: Uint8Array): number {
    return (chunk.length + (this.lowByte < 0 ? 0 : 1)) >> 1;
  }

  /**
   * Takes bytes.
   *
   * @param onFrame gets the mean square of each frame that is complete, 1 for a square wave at full scale, and how
   * many samples came after it.
   */
  take(chunk: Uint8Array, onFrame: (meanSquare: number, samplesAfter: number) => void): void {
    let left = this.samplesIn(chunk);
    let index = 0;
    if (this.lowByte >= 0 && left > 0) {
      left -= 1;
      this.add(this.lowByte | ((chunk[0] as number) << 8), left, onFrame);
      this.lowByte = -1;
      index = 1;
    }
    for (; left > 0; index += 2) {
      left -= 1;
      this.add((chunk[index] as number) | ((chunk[index + 1] as number) << 8), left, onFrame);
    }
    if (index < chunk.length) this.lowByte = chunk[index] as number;
  }

  private add(
    word: number,
    samplesAfter: number,
    onFrame: (meanSquare: number, samplesAfter: number) => void,
  ): void {
    const sample = (word << 16) >> 16;
    const heard = this.filter === undefined ? sample : this.filter.step(sample);
    this.power += heard * heard;
    this.count += 1;
    if (this.count < this.frameSamples) return;
    const meanSquare = this.power / (this.count * FULL_SCALE_SQUARED);
    this.power = 0;
    this.count = 0;
    this.filter?.settle();
    onFrame(meanSquare, samplesAfter);
  }
}
