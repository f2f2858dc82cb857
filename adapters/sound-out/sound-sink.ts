/** What has taken sound for so long works; a player without a device ends sooner, ffplay after half a second. */
export const PROVEN_SECONDS = 1;

/** Where sound goes: a program that plays it, or a file. */
export interface SoundSink {
  /** Samples that it wants now; 0 while it cannot take any. */
  readonly wanted: number;
  /** Takes 16 bit signed little-endian samples of one channel; never waits. */
  write(pcm: Buffer): void;
  /** Lets what it was given be heard or written, in little time. Never rejects. */
  close(): Promise<void>;
  /** Resolves with a sentence when it takes no more. Never rejects. */
  readonly ended: Promise<string>;
}

/**
 * Opens the way out; a rejection, with a sentence, means that it is to be tried again later.
 *
 * @param took is called when the sink may want more than it did.
 */
export type OpenSink = (took: () => void) => Promise<SoundSink>;
