import { carriesAngle, type Encoder, type EncoderName } from './encoder.js';

/** Time may step back this far by jitter; beyond it the clock was set, and the encoder starts afresh. */
const CLOCK_WAS_SET_SECONDS = 1;

/** A phase outside of the unit disc by rounding alone is brought back without being counted. */
const ROUNDING = 2e-9;

/**
 * A reading on its way through an encoder, and the phase that comes of it: one record an encoder, changed in
 * place, because numbers handed from function to function would be allocated.
 */
export interface Reading {
  real: number;
  imag: number;
  /** Seconds since the last reading taken, > 0; 0 at a first. */
  dtSeconds: number;
  wholeSeconds: number;
  fraction: number;
  /** The phase, anything finite: the discipline brings it into the disc. */
  phaseReal: number;
  phaseImag: number;
  /** Whether the kernel had to clip the reading to its range. */
  isClipped: boolean;
}

/** What distinguishes one encoder from another; the discipline around it is common to all. */
export interface EncoderKernel {
  /** Whether the second number of a reading means something, and so must be finite. */
  readonly usesImag: boolean;
  /** Whether it keeps sums that a phase which is not finite has spoilt, so that it must start afresh. */
  readonly hasSums: boolean;
  /** Gives a first reading its phase: whatever was known before is gone. */
  start(reading: Reading): void;
  /** Gives a reading `dtSeconds` after the last its phase. */
  step(reading: Reading): void;
}

/**
 * Puts the discipline that every encoder keeps around a kernel (kairos.md, section 1).
 *
 * Not finite, or dt <= 0: rejected and counted. Time back by more than 1 s: afresh. Beyond the unit disc:
 * limited to it and counted. A finite reading whose phase is not (squares overflow beyond 1e154) is rejected
 * too.
 *
 * @param name the encoder's name; decides whether it carries an angle.
 * @param kernel the encoder's own mathematics.
 */
export function createDisciplinedEncoder(name: EncoderName, kernel: EncoderKernel): DisciplinedEncoder {
  return new KernelEncoder(name, kernel);
}

/** An encoder whose phase its kernel may move between readings, as a pulse's does. */
export interface DisciplinedEncoder extends Encoder {
  /**
   * Lets the kernel give another phase at a later instant; without effect while no reading has been taken.
   */
  refresh(wholeSeconds: number, fraction: number, give: (reading: Reading) => void): void;
}

class KernelEncoder implements DisciplinedEncoder {
  readonly name: EncoderName;
  readonly carriesAngle: boolean;
  real = 0;
  imag = 0;
  rejected = 0;
  limited = 0;
  dtSeconds = 0;
  restarted = false;
  rejection = '';
  private readonly kernel: EncoderKernel;
  private readonly reading: Reading = createReading();
  private started = false;
  private kernelIsFresh = true;
  private wholeSeconds = 0;
  private fraction = 0;

  constructor(name: EncoderName, kernel: EncoderKernel) {
    this.name = name;
    this.carriesAngle = carriesAngle(name);
    this.kernel = kernel;
  }

  encode(real: number, imag: number, wholeSeconds: number, fraction: number): boolean {
    if (!Number.isFinite(real)) return this.reject('the reading is not a finite number');
    if (this.kernel.usesImag && !Number.isFinite(imag))
      return this.reject('its second part is not a finite number');
    if (!Number.isFinite(wholeSeconds + fraction)) return this.reject('its time is not a finite number');
    const dtSeconds = wholeSeconds - this.wholeSeconds + (fraction - this.fraction);
    if (this.started && dtSeconds <= 0) {
      if (dtSeconds >= -CLOCK_WAS_SET_SECONDS)
        return this.reject('its time is not later than the last reading');
      this.reset();
    }
    const { reading } = this;
    reading.real = real;
    reading.imag = imag;
    reading.dtSeconds = this.started ? dtSeconds : 0;
    reading.wholeSeconds = wholeSeconds;
    reading.fraction = fraction;
    return this.take(reading);
  }

  reset(): void {
    this.started = false;
    this.kernelIsFresh = true;
    this.real = 0;
    this.imag = 0;
    this.dtSeconds = 0;
  }

  refresh(wholeSeconds: number, fraction: number, give: (reading: Reading) => void): void {
    if (!this.started) return;
    this.reading.wholeSeconds = wholeSeconds;
    this.reading.fraction = fraction;
    give(this.reading);
    this.limit(this.reading.phaseReal, this.reading.phaseImag);
  }

  private take(reading: Reading): boolean {
    reading.isClipped = false;
    if (this.kernelIsFresh) this.kernel.start(reading);
    else this.kernel.step(reading);
    const isPhase = Number.isFinite(reading.phaseReal) && Number.isFinite(reading.phaseImag);
    this.kernelIsFresh = !isPhase && this.kernel.hasSums;
    if (!isPhase) return this.reject('its phase is not a finite number');
    if (this.limit(reading.phaseReal, reading.phaseImag) || reading.isClipped) this.limited++;
    this.restarted = !this.started;
    this.started = true;
    this.dtSeconds = reading.dtSeconds;
    this.wholeSeconds = reading.wholeSeconds;
    this.fraction = reading.fraction;
    return true;
  }

  /** Says whether the phase was beyond the unit disc by more than rounding. */
  private limit(real: number, imag: number): boolean {
    const power = real * real + imag * imag;
    if (power <= 1) {
      this.real = real;
      this.imag = imag;
      return false;
    }
    // Dividing by the larger part first keeps the square of 1e200 from overflowing.
    const larger = Math.max(Math.abs(real), Math.abs(imag));
    const x = real / larger;
    const y = imag / larger;
    const length = Math.sqrt(x * x + y * y);
    this.real = x / length;
    this.imag = y / length;
    return power > 1 + ROUNDING;
  }

  private reject(reason: string): false {
    this.rejected++;
    this.rejection = reason;
    return false;
  }
}

function createReading(): Reading {
  return {
    real: 0,
    imag: 0,
    dtSeconds: 0,
    wholeSeconds: 0,
    fraction: 0,
    phaseReal: 0,
    phaseImag: 0,
    isClipped: false,
  };
}
