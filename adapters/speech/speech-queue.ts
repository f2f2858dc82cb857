import { reasonOf } from '../../contract/errors.js';
import type { Transcriber } from './transcriber.js';
import type { Utterance } from './utterance-cutter.js';

/** So many utterances wait for a server that is slower than who speaks. */
const MOST_WAITING = 4;

export interface SpeechEvents {
  /** What was said; never empty. */
  said(text: string, utterance: Utterance): void;
  /** An utterance was left out. */
  left(reason: string): void;
  /** The server did not turn an utterance into text. */
  failed(reason: string): void;
}

/** Has utterances transcribed, one after another, until `signal` aborts. */
export class SpeechQueue {
  private readonly transcribe: Transcriber;
  private readonly events: SpeechEvents;
  private readonly signal: AbortSignal;
  private readonly waiting: Utterance[] = [];
  private isWorking = false;

  constructor(transcribe: Transcriber, events: SpeechEvents, signal: AbortSignal) {
    this.transcribe = transcribe;
    this.events = events;
    this.signal = signal;
  }

  add(utterance: Utterance): void {
    this.waiting.push(utterance);
    const left = this.waiting.length > MOST_WAITING ? this.waiting.shift() : undefined;
    if (left !== undefined) {
      this.events.left(
        `left out ${left.seconds.toFixed(1)} s of speech, because the server is slower than who speaks`,
      );
    }
    if (!this.isWorking) void this.work();
  }

  private async work(): Promise<void> {
    this.isWorking = true;
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      await this.give(next);
    }
    this.isWorking = false;
  }

  private async give(utterance: Utterance): Promise<void> {
    if (this.signal.aborted) return;
    try {
      const text = await this.transcribe(utterance.samples, this.signal);
      if (text !== '' && !this.signal.aborted) this.events.said(text, utterance);
    } catch (error) {
      if (!this.signal.aborted) this.events.failed(reasonOf(error));
    }
  }
}
