/** What a grid feeds: the resonance. */
export interface GridSink {
  /** The next `push` is the first of a fresh grid, and stands at this instant. */
  start(wholeSeconds: number, fraction: number): void;
  /** The next step's value, one period after the last. */
  push(real: number, imag: number): void;
}

/** A uniform grid and when it breaks off, in seconds. */
export interface GridOptions {
  /** dt > 0, the period of the node's fastest input. */
  readonly periodSeconds: number;
  /** Readings further apart than this start the grid afresh, > 0: the resonance's window. */
  readonly windowSeconds: number;
}

/** A reading on a boundary between steps must not fall below it by rounding; shares of a step. */
const STEP_ROUNDING = 1e-6;
/** Epoch time is as many steps as it is, and a period of 0.1 s is not quite a tenth in each of them. */
const PERIOD_ROUNDING = 4e-16;

/**
 * Makes a uniform grid of irregular phases: the mean of the readings in a step, the last value where a step
 * has none.
 *
 * Steps are [k dt, (k + 1) dt) of epoch time, and a value stands at the beginning of its step, so that
 * readings taken exactly every dt keep their own instants. A reading too late for its step counts in the
 * present one.
 *
 * @see kairos.md, section 4.
 */
export class Grid {
  private readonly periodSeconds: number;
  private readonly windowSeconds: number;
  private readonly sink: GridSink;
  private started = false;
  private rounding = STEP_ROUNDING;
  /** Where step 0 of this run begins. */
  private startWhole = 0;
  private startFraction = 0;
  private lastWhole = 0;
  private lastFraction = 0;
  /** The step that readings are gathered in, and what they come to. */
  private step = 0;
  private readings = 0;
  private sumReal = 0;
  private sumImag = 0;
  private valueReal = 0;
  private valueImag = 0;

  /**
   * @param options seconds.
   * @param sink where the grid goes; it is called before `push`, `advance` or `finish` returns.
   * @throws RangeError when a time is not a number above 0.
   */
  constructor(options: GridOptions, sink: GridSink) {
    const { periodSeconds, windowSeconds } = options;
    if (!(periodSeconds > 0 && windowSeconds > 0) || !Number.isFinite(periodSeconds + windowSeconds)) {
      throw new RangeError(
        `a grid of ${periodSeconds} s with a window of ${windowSeconds} s is none; both must be numbers above 0`,
      );
    }
    this.periodSeconds = periodSeconds;
    this.windowSeconds = windowSeconds;
    this.sink = sink;
  }

  /**
   * Takes a phase.
   *
   * @param real real part of z, |z| <= 1.
   * @param imag imaginary part of z.
   * @param wholeSeconds integer Unix seconds; time does not run backwards (the encoder's discipline), or
   *   `reset` comes first.
   * @param fraction the rest of the second, in [0, 1).
   * @returns false, and nothing changes, when a number is not finite.
   */
  push(real: number, imag: number, wholeSeconds: number, fraction: number): boolean {
    if (!Number.isFinite(real + imag + wholeSeconds + fraction)) return false;
    const gapSeconds = wholeSeconds - this.lastWhole + (fraction - this.lastFraction);
    if (!this.started || gapSeconds > this.windowSeconds) this.start(wholeSeconds, fraction);
    else this.closeUntil(this.stepAt(wholeSeconds, fraction));
    this.lastWhole = wholeSeconds;
    this.lastFraction = fraction;
    this.readings++;
    this.sumReal += real;
    this.sumImag += imag;
    return true;
  }

  /**
   * Lets time pass without a reading: steps that have ended reach the sink, at most a window's worth of held
   * values.
   *
   * @param wholeSeconds integer Unix seconds, on the readings' own clock.
   * @param fraction the rest of the second, in [0, 1).
   */
  advance(wholeSeconds: number, fraction: number): void {
    if (!this.started) return;
    const silentSeconds = wholeSeconds - this.lastWhole + (fraction - this.lastFraction);
    if (silentSeconds <= this.windowSeconds) this.closeUntil(this.stepAt(wholeSeconds, fraction));
  }

  /** Gives out the step that is still gathering, for a recording that has ended; then starts afresh. */
  finish(): void {
    if (this.started && this.readings > 0) this.close();
    this.reset();
  }

  /** Forgets everything; the next reading starts a fresh grid. */
  reset(): void {
    this.started = false;
  }

  private start(wholeSeconds: number, fraction: number): void {
    this.rounding = Math.min(
      0.5,
      STEP_ROUNDING + (PERIOD_ROUNDING * Math.abs(wholeSeconds)) / this.periodSeconds,
    );
    const position = this.positionInStep(wholeSeconds, fraction);
    const seconds = fraction - position * this.periodSeconds;
    const carry = Math.floor(seconds);
    this.startWhole = wholeSeconds + carry;
    this.startFraction = seconds - carry;
    this.started = true;
    this.step = 0;
    this.readings = 0;
    this.sumReal = 0;
    this.sumImag = 0;
    this.sink.start(this.startWhole, this.startFraction);
  }

  /**
   * How far into its step of epoch time an instant is, in steps in [0, 1); one on a boundary is at 0 exactly.
   */
  private positionInStep(wholeSeconds: number, fraction: number): number {
    const { periodSeconds, rounding } = this;
    const seconds = ((wholeSeconds % periodSeconds) + fraction) % periodSeconds;
    const position = seconds / periodSeconds + (seconds < 0 ? 1 : 0);
    return position < rounding || position > 1 - rounding ? 0 : position;
  }

  private stepAt(wholeSeconds: number, fraction: number): number {
    const seconds = wholeSeconds - this.startWhole + (fraction - this.startFraction);
    return Math.floor(seconds / this.periodSeconds + this.rounding);
  }

  private closeUntil(step: number): void {
    while (this.step < step) this.close();
  }

  private close(): void {
    if (this.readings > 0) {
      this.valueReal = this.sumReal / this.readings;
      this.valueImag = this.sumImag / this.readings;
    }
    this.step++;
    this.readings = 0;
    this.sumReal = 0;
    this.sumImag = 0;
    this.sink.push(this.valueReal, this.valueImag);
  }
}
