import { Ramp } from './ramp.js';
import { RAMP_SECONDS, Tone } from './tone.js';
import { Voice } from './voice.js';

const FULL_SCALE = 32_767;
/** Beside speech the tone steps back by 12 dB; together they never exceed full scale. */
const TONE_BESIDE_SPEECH = 0.25;
const SPEECH = 1 - TONE_BESIDE_SPEECH;

/** What sounds: a tone, and at times a voice above it. */
export class Mixer {
  readonly tone: Tone;
  readonly voice: Voice;
  private readonly gain: number;
  private readonly toneGain: Ramp;
  private mix = new Float64Array();

  /** @param gain of all of it, in [0, 1]. */
  constructor(rateHz: number, gain: number) {
    this.tone = new Tone(rateHz);
    this.voice = new Voice(rateHz);
    this.gain = gain;
    this.toneGain = new Ramp(Math.round(RAMP_SECONDS * rateHz), gain);
  }

  get isSilent(): boolean {
    return this.tone.isSilent && !this.voice.isSpeaking;
  }

  /** Its next samples: 16 bit signed little-endian, one channel. */
  render(samples: number): Buffer {
    // From Node's pool: sound is made a hundred times a second.
    const pcm = Buffer.allocUnsafe(2 * samples);
    if (this.isSilent) return pcm.fill(0);
    if (this.mix.length < samples) this.mix = new Float64Array(samples);
    const mix = this.mix.subarray(0, samples).fill(0);
    this.toneGain.moveTo(this.gain * (this.voice.isSpeaking ? TONE_BESIDE_SPEECH : 1));
    this.tone.addTo(mix, this.toneGain);
    this.voice.addTo(mix, this.gain * SPEECH);
    for (let index = 0; index < samples; index += 1) {
      pcm.writeInt16LE(toInt16(mix[index] ?? 0), 2 * index);
    }
    return pcm;
  }

  /** Falls silent within 10 ms. */
  hush(): void {
    this.tone.hush();
    this.voice.hush();
  }

  /** Begins anew, for one who did not hear it so far. */
  restart(): void {
    this.tone.restart();
    this.voice.drop();
  }
}

/** The voice begins while the tone is still on its way back, so that the sum may be too large for a moment. */
function toInt16(sample: number): number {
  if (sample > 1) return FULL_SCALE;
  return sample < -1 ? -FULL_SCALE : Math.round(FULL_SCALE * sample);
}
