import { Ramp } from './ramp.js';
import { RAMP_SECONDS } from './tone.js';

/** Says one thing at a time, into the sound that goes out. */
export class Voice {
  private readonly volume: Ramp;
  private speech: Float32Array | undefined;
  private at = 0;
  private finished = (): void => {};

  constructor(rateHz: number) {
    this.volume = new Ramp(Math.round(RAMP_SECONDS * rateHz), 0);
  }

  get isSpeaking(): boolean {
    return this.speech !== undefined;
  }

  /**
   * Says it, instead of what is being said.
   *
   * @param speech samples in [-1, 1].
   * @returns resolves when it has been said, or cut short.
   */
  say(speech: Float32Array): Promise<void> {
    this.drop();
    this.speech = speech;
    this.at = 0;
    this.volume.jumpTo(0);
    this.volume.moveTo(1);
    return new Promise((resolve) => {
      this.finished = resolve;
    });
  }

  /** Falls silent within 10 ms. */
  hush(): void {
    this.volume.moveTo(0);
  }

  /** Forgets what is being said, for one who does not hear it. */
  drop(): void {
    this.speech = undefined;
    this.finished();
  }

  /** Adds its next samples, times `scale`, to what is in `mix`. */
  addTo(mix: Float64Array, scale: number): void {
    const { speech } = this;
    if (speech === undefined) return;
    for (let index = 0; index < mix.length; index += 1, this.at += 1) {
      const sample = speech[this.at];
      if (sample === undefined) break;
      mix[index] = (mix[index] ?? 0) + scale * this.volume.next() * sample;
    }
    if (this.at >= speech.length || this.volume.restsAt(0)) this.drop();
  }
}
