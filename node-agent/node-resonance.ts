import type { Instant } from '../contract/instant.js';
import type { PhaseMessage } from '../contract/payloads/phase.js';
import type { ResonanceMessage } from '../contract/payloads/resonance.js';
import { Grid } from '../kairos/grid.js';
import { describeLags, Resonance } from '../kairos/resonance.js';

/** What a node's resonance is made of. Times in seconds. */
export interface NodeResonanceOptions {
  /** The period of the node's fastest input. */
  readonly periodSeconds: number;
  readonly tauBaseSeconds: number;
  readonly tauMaxSeconds: number;
  /** I_c, in (0, 1]. */
  readonly collapse: number;
}

/** A node's temporal resonance, fed from a uniform grid of its z. */
export interface NodeResonance {
  /** Takes z as it is from now on; `restarted` when what was before is to be forgotten. */
  take(real: number, imag: number, at: Instant, restarted: boolean): void;
  /** Brings the estimates up to an instant, the last z being held. */
  measure(at: Instant): void;
  /** The best eligible lag as a phase message has it; undefined where none is eligible. */
  readonly best: PhaseMessage['resonance'];
  readonly collapsed: boolean;
  /** The whole ladder. */
  readonly lags: ResonanceMessage['resonance'];
  /** @throws RangeError when it is above tau_max. */
  setTauBase(seconds: number): void;
}

/** @throws RangeError when tau_max is below the period, or tau_base above tau_max. */
export function createNodeResonance(options: NodeResonanceOptions): NodeResonance {
  const resonance = new Resonance(options);
  const { periodSeconds } = options;
  const grid = new Grid({ periodSeconds, windowSeconds: resonance.windowSeconds }, resonance);
  let best = -1;
  return {
    take(real, imag, at, restarted) {
      if (restarted) grid.reset();
      grid.push(real, imag, at.wholeSeconds, at.fraction);
    },
    measure(at) {
      grid.advance(at.wholeSeconds, at.fraction);
      best = resonance.measure();
    },
    get best() {
      if (best < 0) return undefined;
      const { tauSeconds, real, imag } = resonance;
      return { tau: tauSeconds[best] ?? 0, real: real[best] ?? 0, imag: imag[best] ?? 0 };
    },
    get collapsed() {
      return resonance.collapsed;
    },
    get lags() {
      return describeLags(resonance);
    },
    setTauBase: (seconds) => resonance.setTauBase(seconds),
  };
}
