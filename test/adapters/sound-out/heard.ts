/** What is heard in samples of 16 bits. */
export interface Heard {
  /** Hertz, from the first to the last time that it rises through zero; 0 where it does not. */
  readonly frequencyHz: number;
  /** Amplitude of the sine, 1 at full scale: the root of twice the mean square over whole periods. */
  readonly amplitude: number;
}

/** The pitch and the volume of a steady tone. */
export function hear(samples: Int16Array): Heard {
  const rises: number[] = [];
  for (let index = 1; index < samples.length; index += 1) {
    const [before = 0, after = 0] = [samples[index - 1], samples[index]];
    // The crossing is where the straight line between the two samples meets zero.
    if (before < 0 && after >= 0) rises.push(index - after / (after - before));
  }
  const [first = 0, last = 0] = [rises[0], rises.at(-1)];
  if (rises.length < 2) return { frequencyHz: 0, amplitude: Math.max(...samples.map(Math.abs)) / 32_767 };
  const whole = samples.slice(Math.ceil(first), Math.ceil(last));
  const power = whole.reduce((sum, sample) => sum + sample ** 2, 0) / whole.length;
  return {
    frequencyHz: ((rises.length - 1) * 48_000) / (last - first),
    amplitude: Math.sqrt(2 * power) / 32_767,
  };
}

/** The largest step from a sample to the next. */
export function largestJump(samples: Int16Array): number {
  let largest = 0;
  for (let index = 1; index < samples.length; index += 1) {
    largest = Math.max(largest, Math.abs((samples[index] ?? 0) - (samples[index - 1] ?? 0)));
  }
  return largest;
}

/** Samples out of 16 bit signed little-endian bytes. */
export function samplesIn(bytes: Buffer): Int16Array {
  return Int16Array.from({ length: bytes.length >> 1 }, (_, index) => bytes.readInt16LE(2 * index));
}
