/**
 * Every encoder a configuration may name, in the order of the specification's table (kairos.md, section 1).
 */
export const ENCODER_NAMES = ['level', 'token', 'pair', 'rhythm', 'pulse', 'trend', 'expression'] as const;

/** The name of an encoder that turns readings into phases. */
export type EncoderName = (typeof ENCODER_NAMES)[number];

/**
 * What a phase message may name as its encoder: an oscillator node makes its own phase and encodes nothing.
 */
export type PhaseEncoderName = EncoderName | 'oscillator';

/**
 * A stateful function from one reading to one phase z in the closed unit disc (kairos.md, section 1).
 *
 * An instant is two numbers, whole Unix seconds and a fraction in [0, 1): a single double of 1.8e9 s
 * would cost a rhythm its phase.
 */
export interface Encoder {
  readonly name: EncoderName;
  /** Whether arg z means something; only angles count in order, WE and pattern similarity. */
  readonly carriesAngle: boolean;
  /** Real part of the phase of the last reading taken, in [-1, 1]; 0 before the first. */
  readonly real: number;
  /** Imaginary part of the phase of the last reading taken, in [-1, 1]; 0 before the first. */
  readonly imag: number;
  /** Readings rejected since the encoder was made: not finite, or not later than the last. */
  readonly rejected: number;
  /** Readings whose phase had to be brought back into the unit disc (level, token: into range). */
  readonly limited: number;
  /** Seconds between the last two readings taken, > 0; 0 when the last one was a first. */
  readonly dtSeconds: number;
  /** Whether the last reading taken was a first, so that whatever stands behind must start afresh with it. */
  readonly restarted: boolean;
  /** Why the last rejected reading was rejected; empty while there was none. */
  readonly rejection: string;

  /**
   * Feeds one reading.
   *
   * @param real the reading, or its real part; any unit. token: the position; pulse: 0 for no event.
   * @param imag the imaginary part of a pair, the log probability of a token; ignored by all others.
   * @param wholeSeconds integer Unix seconds.
   * @param fraction the rest of the second, in [0, 1).
   * @returns true when taken, `real` and `imag` then hold its phase; false when rejected and counted.
   */
  encode(real: number, imag: number, wholeSeconds: number, fraction: number): boolean;

  /** Forgets every reading; the counts of rejected and limited readings stay. */
  reset(): void;
}

/**
 * Whether the phases of an encoder carry an angle; level and token fill one quadrant only (kairos.md, section
 * 1).
 *
 * @param name an encoder's name as a phase message gives it; an unknown one is taken for a pair.
 */
export function carriesAngle(name: string): boolean {
  return name !== 'level' && name !== 'token';
}
