import type { GlobalMessage } from '../../contract/payloads/global.js';
import { createMapping } from '../state-expression.js';

const LOWEST_HZ = 20;
const HIGHEST_HZ = 20_000;
/** Near half of the rate a tone can no longer be told from its mirror image. */
const HIGHEST_SHARE_OF_RATE = 0.45;

/** How a state sounds. */
export interface Tuning {
  /** Within 20 Hz and 20 kHz, and below half of the rate. */
  readonly frequencyHz: number;
  /** The amplitude, in [0, 1]. */
  readonly volume: number;
}

/** What the formulas are made of. */
export interface TuningOptions {
  /** Formulas in place of the seed's mappings. */
  readonly frequency?: string | undefined;
  readonly volume?: string | undefined;
  /** Samples a second. */
  readonly rate: number;
}

/**
 * Makes what says how a state sounds: 440 + real * 440 Hz, as loud as the coherence, or by formulas.
 *
 * @see seed, OutputAdapter.
 * @returns a function that throws an Error with a sentence where a formula gives no figure.
 * @throws RangeError with a sentence when a formula is none.
 */
export async function createTuning({
  frequency,
  volume,
  rate,
}: TuningOptions): Promise<(state: GlobalMessage) => Tuning> {
  const frequencyOf = await createMapping('frequency', frequency, ({ phase }) => 440 + phase.real * 440);
  const volumeOf = await createMapping('volume', volume, ({ coherence }) => coherence);
  const highestHz = Math.min(HIGHEST_HZ, HIGHEST_SHARE_OF_RATE * rate);
  return (state) => ({
    frequencyHz: held(frequencyOf(state), LOWEST_HZ, highestHz),
    volume: held(volumeOf(state), 0, 1),
  });
}

function held(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
