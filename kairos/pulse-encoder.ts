import type { Encoder } from './encoder.js';
import { createDisciplinedEncoder, type EncoderKernel, type Reading } from './encoder-discipline.js';

/** A pulse encoder, whose phase moves on between events. */
export interface PulseEncoder extends Encoder {
  /**
   * Brings `real` and `imag` to what they are at an instant, without a reading.
   *
   * @param wholeSeconds integer Unix seconds; an instant before the last event counts as that event's.
   * @param fraction the rest of the second, in [0, 1).
   */
  phaseAt(wholeSeconds: number, fraction: number): void;
}

/**
 * Encodes events (heartbeat, tap, spike, motion): one turn from each event to when the next is due, waiting
 * there for it.
 *
 * z = exp(2 pi i min(1, (t - t_k)/(t_k - t_(k-1)))), 0 before the second event. Every reading but 0 is an
 * event; a 0 (a motion sensor gone quiet) only moves the phase on to its time.
 *
 * @see Pikovsky, Rosenblum, Kurths (2001), Synchronization, on point processes; kairos.md, section 1.
 */
export function createPulseEncoder(): PulseEncoder {
  const kernel = new PulseKernel();
  const turn = (reading: Reading): void => kernel.turn(reading);
  const encoder = createDisciplinedEncoder('pulse', kernel);
  return Object.assign(encoder, {
    phaseAt(wholeSeconds: number, fraction: number): void {
      encoder.refresh(wholeSeconds, fraction, turn);
    },
  });
}

class PulseKernel implements EncoderKernel {
  readonly usesImag = false;
  readonly hasSums = false;
  private events = 0;
  private periodSeconds = 0;
  private wholeSeconds = 0;
  private fraction = 0;

  start(reading: Reading): void {
    this.events = 0;
    this.step(reading);
  }

  step(reading: Reading): void {
    if (reading.real !== 0) {
      this.periodSeconds = this.secondsSinceEvent(reading);
      this.wholeSeconds = reading.wholeSeconds;
      this.fraction = reading.fraction;
      if (this.events < 2) this.events++;
    }
    this.turn(reading);
  }

  turn(reading: Reading): void {
    if (this.events < 2) {
      reading.phaseReal = 0;
      reading.phaseImag = 0;
      return;
    }
    const cycles = this.secondsSinceEvent(reading) / this.periodSeconds;
    const angleRad = 2 * Math.PI * Math.min(1, Math.max(0, cycles));
    reading.phaseReal = Math.cos(angleRad);
    reading.phaseImag = Math.sin(angleRad);
  }

  private secondsSinceEvent(reading: Reading): number {
    return reading.wholeSeconds - this.wholeSeconds + (reading.fraction - this.fraction);
  }
}
