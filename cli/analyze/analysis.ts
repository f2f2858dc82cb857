import { secondsBetween } from '../../contract/instant.js';
import type { Encoder } from '../../kairos/encoder.js';
import { Grid } from '../../kairos/grid.js';
import { createLocalPhase } from '../../kairos/local-phase.js';
import { describeLags, type Lag, Resonance } from '../../kairos/resonance.js';
import type { Sample } from './recording.js';

/** What is asked of a recording; times in seconds. */
export interface AnalysisOptions {
  readonly periodSeconds: number | undefined;
  readonly tauBaseSeconds: number;
  readonly tauMaxSeconds: number;
  readonly windowSeconds: number | undefined;
  /** rad/s. */
  readonly omega: number;
  /** I_c, in (0, 1]. */
  readonly collapse: number;
}

/** What a recording shows, as `--json` prints it. */
export interface AnalysisResult {
  readonly samples: number;
  readonly rejected: number;
  readonly limited: number;
  readonly encoder: string;
  readonly period: number | null;
  readonly tau_base: number;
  readonly tau_max: number;
  readonly window: number | null;
  readonly omega: number;
  readonly local: { readonly real: number; readonly imag: number };
  readonly coherence: number;
  readonly resonance: readonly Lag[];
  /** The lag of the node's resonance; null where none is eligible. */
  readonly best: Lag | null;
  readonly collapsed: boolean;
}

/** How many samples the period is told from, where nobody says it. */
const SAMPLES_FOR_PERIOD = 1000;

/** The estimators of kairos.md, sections 1 to 4, over a recording: constant work and memory a sample. */
export class Analysis {
  private readonly options: AnalysisOptions;
  private readonly encoder: Encoder;
  private readonly local;
  private readonly waiting: Sample[] = [];
  private resonance: Resonance | undefined;
  private grid: Grid | undefined;
  private period: number | undefined;
  private samples = 0;

  constructor(encoder: Encoder, options: AnalysisOptions) {
    this.options = options;
    this.encoder = encoder;
    this.local = createLocalPhase({ tauBaseSeconds: options.tauBaseSeconds });
    if (options.periodSeconds !== undefined) this.startGrid(options.periodSeconds);
  }

  /** @throws RangeError when the period found does not fit tau_max. */
  take(sample: Sample): void {
    this.samples += 1;
    if (this.grid !== undefined) this.estimate(sample);
    else if (this.waiting.push(sample) === SAMPLES_FOR_PERIOD) this.findPeriod();
  }

  finish(): AnalysisResult {
    if (this.grid === undefined) this.findPeriod();
    this.grid?.finish();
    const best = this.resonance?.measure() ?? -1;
    const lags = this.resonance === undefined ? [] : describeLags(this.resonance);
    const { tauBaseSeconds, tauMaxSeconds, omega } = this.options;
    return {
      samples: this.samples,
      rejected: this.encoder.rejected,
      limited: this.encoder.limited,
      encoder: this.encoder.name,
      period: this.period ?? null,
      tau_base: tauBaseSeconds,
      tau_max: tauMaxSeconds,
      window: this.resonance?.windowSeconds ?? null,
      omega,
      local: { real: this.local.real, imag: this.local.imag },
      coherence: this.local.coherence,
      resonance: lags,
      best: lags[best] ?? null,
      collapsed: this.resonance?.collapsed ?? false,
    };
  }

  private estimate({ at, value, imag }: Sample): void {
    if (!this.encoder.encode(value, imag, at.wholeSeconds, at.fraction)) return;
    if (this.encoder.restarted) {
      this.local.reset();
      this.grid?.reset();
    }
    this.local.update(this.encoder.real, this.encoder.imag, this.encoder.dtSeconds);
    this.grid?.push(this.encoder.real, this.encoder.imag, at.wholeSeconds, at.fraction);
  }

  private startGrid(periodSeconds: number): void {
    const { windowSeconds, ...options } = this.options;
    const window = windowSeconds === undefined ? {} : { windowSeconds };
    this.period = periodSeconds;
    this.resonance = new Resonance({ ...options, ...window, periodSeconds });
    this.grid = new Grid({ periodSeconds, windowSeconds: this.resonance.windowSeconds }, this.resonance);
  }

  /** Takes the median step of the first samples, to nine digits, for the period; fewer than two have none. */
  private findPeriod(): void {
    const steps = this.waiting
      .slice(1)
      .map(({ at }, index) => secondsBetween(this.waiting[index]?.at ?? at, at))
      .filter((seconds) => seconds > 0)
      .sort((a, b) => a - b);
    const median = steps[steps.length >> 1];
    if (median !== undefined) this.startGrid(Number(median.toPrecision(9)));
    for (const sample of this.waiting.splice(0)) this.estimate(sample);
  }
}
