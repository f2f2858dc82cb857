import type { Instant } from '../../contract/instant.js';

const FRAME_SECONDS = 0.02;
/** What is kept before the first loud frame and after the last: words begin and end softly. */
const MARGIN_SECONDS = 0.2;
/** What is loud for less is a knock, and no word. */
const SHORTEST_SECONDS = 0.1;
const BYTES_A_SAMPLE = 2;
const FULL_SCALE_SQUARED = 32_768 ** 2;

export interface UtteranceOptions {
  readonly rateHz: number;
  /** RMS of a frame from which it counts as loud; 1 for a square wave at full scale. */
  readonly threshold: number;
  /** Silence that ends an utterance. */
  readonly pauseSeconds: number;
  /** What is longer is cut. */
  readonly longestSeconds: number;
}

/** Something that was said between two silences. */
export interface Utterance {
  /** S16_LE, with a margin of silence. */
  readonly samples: Buffer;
  readonly seconds: number;
  /** When it began. */
  readonly at: Instant;
}

/** Cuts a sound into what is said between silences; the silences are dropped. */
export class UtteranceCutter {
  private readonly options: UtteranceOptions;
  private readonly found: (utterance: Utterance) => void;
  private readonly frameBytes: number;
  private rest: Buffer = Buffer.alloc(0);
  /** The utterance so far; before one begins, the margin. */
  private frames: Buffer[] = [];
  private startedAt: Instant | undefined;
  private loudFrames = 0;
  private quietFrames = 0;

  /** @param found gets each utterance when the pause after it is over. */
  constructor(options: UtteranceOptions, found: (utterance: Utterance) => void) {
    this.options = options;
    this.found = found;
    this.frameBytes = Math.round(FRAME_SECONDS * options.rateHz) * BYTES_A_SAMPLE;
  }

  /**
   * Takes S16_LE of any length.
   *
   * @param instantOf when a sample was taken, by how many came after it.
   */
  take(chunk: Buffer, instantOf: (samplesAfter: number) => Instant): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let start = 0;
    for (; start + this.frameBytes <= bytes.length; start += this.frameBytes) {
      const frame = bytes.subarray(start, start + this.frameBytes);
      this.add(frame, () => instantOf(Math.floor((bytes.length - start) / BYTES_A_SAMPLE)));
    }
    this.rest = bytes.subarray(start);
  }

  private add(frame: Buffer, now: () => Instant): void {
    const isLoud = rmsOf(frame) >= this.options.threshold;
    this.frames.push(frame);
    if (this.startedAt === undefined && !isLoud) {
      if (this.frames.length > framesIn(MARGIN_SECONDS)) this.frames.shift();
      return;
    }
    this.startedAt ??= now();
    this.loudFrames += isLoud ? 1 : 0;
    this.quietFrames = isLoud ? 0 : this.quietFrames + 1;
    const { pauseSeconds, longestSeconds } = this.options;
    if (this.quietFrames >= framesIn(pauseSeconds) || this.frames.length >= framesIn(longestSeconds)) {
      this.finish(this.startedAt);
    }
  }

  private finish(at: Instant): void {
    const surplus = Math.max(0, this.quietFrames - framesIn(MARGIN_SECONDS));
    const frames = this.frames.slice(0, this.frames.length - surplus);
    const isWord = this.loudFrames >= framesIn(SHORTEST_SECONDS);
    this.frames = [];
    this.startedAt = undefined;
    this.loudFrames = 0;
    this.quietFrames = 0;
    if (isWord) this.found({ samples: Buffer.concat(frames), seconds: frames.length * FRAME_SECONDS, at });
  }
}

function framesIn(seconds: number): number {
  return Math.max(1, Math.round(seconds / FRAME_SECONDS));
}

function rmsOf(frame: Buffer): number {
  let power = 0;
  for (let at = 0; at < frame.length; at += BYTES_A_SAMPLE) power += frame.readInt16LE(at) ** 2;
  return Math.sqrt(power / (frame.length / BYTES_A_SAMPLE) / FULL_SCALE_SQUARED);
}
