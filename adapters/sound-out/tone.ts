import { Ramp } from './ramp.js';

/** How long a change of pitch or volume takes. */
export const RAMP_SECONDS = 0.01;
const RAD_PER_TURN = 2 * Math.PI;

/**
 * A sine whose phase never jumps, whatever its pitch and volume do: both glide to a new value in 10 ms.
 *
 * From one sample to the next it moves by at most |volume step|/(0.01 s * rate) + volume * 2 sin(pi * frequency/rate),
 * with the larger volume and frequency of both: the slope of the ramp, and that of a sine.
 */
export class Tone {
  private readonly rateHz: number;
  private readonly frequencyHz: Ramp;
  private readonly volume: Ramp;
  private phaseRad = 0;

  constructor(rateHz: number) {
    const rampSamples = Math.round(RAMP_SECONDS * rateHz);
    this.rateHz = rateHz;
    this.frequencyHz = new Ramp(rampSamples, 0);
    this.volume = new Ramp(rampSamples, 0);
  }

  get isSilent(): boolean {
    return this.volume.restsAt(0);
  }

  /**
   * @param frequencyHz in (0, rate/2).
   * @param volume the amplitude, in [0, 1].
   */
  moveTo(frequencyHz: number, volume: number): void {
    // Out of silence it starts at its pitch.
    if (this.isSilent) this.frequencyHz.jumpTo(frequencyHz);
    else this.frequencyHz.moveTo(frequencyHz);
    this.volume.moveTo(volume);
  }

  /** Falls silent in 10 ms, at the pitch it has. */
  hush(): void {
    this.volume.moveTo(0);
  }

  /** Begins anew out of silence, for one who did not hear it so far. */
  restart(): void {
    this.volume.restartFrom(0);
  }

  /** Adds its next samples to what is in `mix`, each times the `scale` of its moment. */
  addTo(mix: Float64Array, scale: Ramp): void {
    for (let index = 0; index < mix.length; index += 1) {
      const amplitude = this.volume.next() * scale.next();
      this.phaseRad += RAD_PER_TURN * (this.frequencyHz.next() / this.rateHz);
      if (this.phaseRad > RAD_PER_TURN) this.phaseRad -= RAD_PER_TURN;
      mix[index] = (mix[index] ?? 0) + amplitude * Math.sin(this.phaseRad);
    }
  }
}
