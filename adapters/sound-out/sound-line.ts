import { type Clock, sleep } from '../../contract/clock.js';
import { reasonOf } from '../../contract/errors.js';
import { backoffSeconds } from '../backoff.js';
import type { Mixer } from './mixer.js';
import { Pump } from './pump.js';
import { type OpenSink, PROVEN_SECONDS, type SoundSink } from './sound-sink.js';
import { RAMP_SECONDS } from './tone.js';

export interface SoundLineOptions {
  readonly clock: Clock;
  readonly rateHz: number;
  readonly mixer: Mixer;
  readonly open: OpenSink;
  /** After so long a silence the way out is closed until something sounds; never unless given. */
  readonly idleSeconds?: number | undefined;
  /** Gets a sentence when nothing goes out, and null when it does again. */
  readonly complain: (reason: string | null) => void;
}

/** Makes sound just in time and sends it out, for as long as there is something to hear; what ends is opened again. */
export class SoundLine {
  private readonly options: SoundLineOptions;
  private readonly stopping = new AbortController();
  private opening: Promise<void> | undefined;
  private running: Promise<void> | undefined;
  private failures = 0;

  constructor(options: SoundLineOptions) {
    this.options = options;
  }

  /**
   * There is something to hear.
   *
   * @returns undefined where it goes out already; else resolves when its first part has, or when that failed.
   */
  wake(): Promise<void> | undefined {
    if (this.stopping.signal.aborted) return undefined;
    if (this.running === undefined) {
      this.opening = new Promise((resolve) => {
        this.running = this.run(() => {
          this.opening = undefined;
          resolve();
        });
      });
    }
    return this.opening;
  }

  /** Falls silent within 10 ms, lets that be heard, and sends nothing more. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(opened: () => void): Promise<void> {
    const { clock, mixer, complain } = this.options;
    const { signal } = this.stopping;
    do {
      try {
        await this.send(opened);
      } catch (error) {
        this.failures += 1;
        complain(reasonOf(error));
        opened();
        await sleep(clock, backoffSeconds(this.failures, Math.random()), signal);
        mixer.restart();
      }
    } while (!mixer.isSilent && !signal.aborted);
    opened();
    this.running = undefined;
  }

  /** Sends sound out until all is silent for long; a rejection means that nothing takes it any more. */
  private async send(opened: () => void): Promise<void> {
    const { clock, mixer, open, idleSeconds = Number.POSITIVE_INFINITY } = this.options;
    const { signal } = this.stopping;
    let pump: Pump | undefined;
    const sink = await open(() => pump?.give());
    if (signal.aborted) return sink.close();
    const over = new AbortController();
    pump = new Pump({ clock, mixer, sink, idleSeconds, idle: () => over.abort() });
    pump.give();
    const cancelProof = clock.after(PROVEN_SECONDS, () => this.proven());
    opened();
    try {
      await Promise.race([
        sink.ended.then((sentence) => Promise.reject(new Error(sentence))),
        untilAborted(AbortSignal.any([over.signal, signal])),
      ]);
      if (signal.aborted) this.playOut(sink);
    } finally {
      cancelProof();
      pump.stop();
      await sink.close();
    }
  }

  private playOut(sink: SoundSink): void {
    const { mixer, rateHz } = this.options;
    mixer.hush();
    if (!mixer.isSilent) sink.write(mixer.render(Math.ceil(RAMP_SECONDS * rateHz) + 1));
  }

  private proven(): void {
    this.failures = 0;
    this.options.complain(null);
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
