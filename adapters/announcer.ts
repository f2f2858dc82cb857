import type { Clock } from '../contract/clock.js';
import { reasonOf } from '../contract/errors.js';
import { synthesise } from './sound-out/espeak.js';
import { resample } from './sound-out/resample.js';
import type { Voice } from './sound-out/voice.js';

/** About half a minute. */
const MOST_CHARACTERS = 500;

export interface AnnouncerOptions {
  readonly clock: Clock;
  readonly rateHz: number;
  /** What espeak-ng calls it. */
  readonly language: string;
  readonly voice: Voice;
  /** Called when there is speech to be heard. */
  readonly wake: () => void;
  /** Gets a sentence when it cannot speak, and null when it can again. */
  readonly complain: (reason: string | null) => void;
}

/** Speaks texts, one at a time; of those that come meanwhile the newest one waits. */
export class Announcer {
  private readonly options: AnnouncerOptions;
  private hushing = new AbortController();
  private waiting: string | undefined;
  private isBusy = false;

  constructor(options: AnnouncerOptions) {
    this.options = options;
  }

  /** Speaks the text, or its first 500 characters; never waits. */
  say(text: string): void {
    this.waiting = text;
    if (!this.isBusy) void this.work();
  }

  /** Breaks off, and forgets what waits. */
  hush(): void {
    this.waiting = undefined;
    this.options.voice.hush();
    this.hushing.abort();
    this.hushing = new AbortController();
  }

  private async work(): Promise<void> {
    this.isBusy = true;
    for (let text = this.take(); text !== undefined; text = this.take()) {
      try {
        await this.speak(text);
      } catch (error) {
        this.options.complain(reasonOf(error));
      }
    }
    this.isBusy = false;
  }

  private take(): string | undefined {
    const text = this.waiting;
    this.waiting = undefined;
    return text;
  }

  private async speak(text: string): Promise<void> {
    const { clock, rateHz, language, voice, wake, complain } = this.options;
    const { signal } = this.hushing;
    const words = speakable(text);
    if (words === '') return;
    const sound = await synthesise(words, language, clock, signal);
    if (sound === undefined || signal.aborted) return;
    complain(null);
    const spoken = voice.say(resample(sound, rateHz));
    wake();
    await spoken;
  }
}

/** A text without what cannot be spoken, and no longer than anybody listens to. */
export function speakable(text: string): string {
  return [...text.slice(0, 2 * MOST_CHARACTERS)]
    .slice(0, MOST_CHARACTERS)
    .join('')
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}
