import type { Clock } from '../../contract/clock.js';
import type { Mixer } from './mixer.js';
import type { SoundSink } from './sound-sink.js';

/** How long nothing is made for a sink that does not tell that it took some; devices take 10 ms at a time. */
const LONGEST_GAP_SECONDS = 0.012;

export interface PumpOptions {
  readonly clock: Clock;
  readonly mixer: Mixer;
  readonly sink: SoundSink;
  /** Called when all has been silent for so long, each time that sound is made then. */
  readonly idleSeconds: number;
  readonly idle: () => void;
}

/** Gives a sink all that it wants, made at that moment, until it is stopped. */
export class Pump {
  private readonly options: PumpOptions;
  private soundedAt: number;
  private cancel = (): void => {};
  private isStopped = false;

  constructor(options: PumpOptions) {
    this.options = options;
    this.soundedAt = options.clock.monotonicSeconds();
  }

  /** Gives it what it wants now, and from then on every 12 ms, or sooner when this is called. */
  give(): void {
    if (this.isStopped) return;
    const { clock, mixer, sink, idleSeconds, idle } = this.options;
    const { wanted } = sink;
    if (wanted > 0) sink.write(mixer.render(wanted));
    const nowSeconds = clock.monotonicSeconds();
    if (!mixer.isSilent) this.soundedAt = nowSeconds;
    else if (nowSeconds - this.soundedAt >= idleSeconds) idle();
    this.cancel();
    this.cancel = clock.after(LONGEST_GAP_SECONDS, () => this.give());
  }

  stop(): void {
    this.isStopped = true;
    this.cancel();
  }
}
