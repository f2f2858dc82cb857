import type { NodeSettings } from '../contract/config/resolve.js';
import { type Instant, secondsBetween } from '../contract/instant.js';
import { createLocalPhase, type LocalPhaseOptions } from '../kairos/local-phase.js';
import type { InputSlot } from './input-slot.js';

/** A node's local phase over all its inputs. It moves at readings alone and stands still between them. */
export interface NodePhase {
  /** Real part, in [-1, 1]. */
  readonly real: number;
  /** Imaginary part, in [-1, 1]. */
  readonly imag: number;
  /** |phase|, in [0, 1]. */
  readonly coherence: number;
  /** The inputs' mean z, before it is smoothed. */
  readonly z: { readonly real: number; readonly imag: number };
  /** Whether there has been a reading. */
  readonly isKnown: boolean;
  /**
   * Follows the inputs after one of them took a reading.
   *
   * @param at the instant of that reading.
   * @param restarted whether that input forgot what was before, so that the phase starts afresh too.
   */
  follow(at: Instant, restarted: boolean): void;
  /** @throws RangeError when the time constant or the share is none; the old one then stays. */
  retune(options: LocalPhaseOptions): void;
}

/** @param inputs the node's inputs at any time, more may come. */
export function createNodePhase(
  { alpha, tauBaseSeconds }: NodeSettings,
  inputs: ReadonlyMap<string, InputSlot>,
): NodePhase {
  const local = createLocalPhase(alpha === undefined ? { tauBaseSeconds } : { alpha });
  let lastReading: Instant | undefined;
  let z = { real: 0, imag: 0 };
  return {
    get real() {
      return local.real;
    },
    get imag() {
      return local.imag;
    },
    get coherence() {
      return local.coherence;
    },
    get z() {
      return z;
    },
    retune: (options) => local.retune(options),
    get isKnown() {
      return lastReading !== undefined;
    },
    follow(at, restarted) {
      if (restarted) local.reset();
      z = weightedMean(inputs.values());
      local.update(
        z.real,
        z.imag,
        lastReading === undefined ? 0 : Math.max(0, secondsBetween(lastReading, at)),
      );
      lastReading = at;
    },
  };
}

/** The mean z of the inputs that have one, by their weights. */
function weightedMean(inputs: Iterable<InputSlot>): { real: number; imag: number } {
  let real = 0;
  let imag = 0;
  let total = 0;
  for (const { hasPhase, weight, encoder } of inputs) {
    if (!hasPhase) continue;
    real += weight * encoder.real;
    imag += weight * encoder.imag;
    total += weight;
  }
  return { real: real / total, imag: imag / total };
}
