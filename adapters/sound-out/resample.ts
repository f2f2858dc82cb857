import type { Sound } from './wav-format.js';

/** The samples of a sound at another rate, on straight lines between those that there are: good enough for speech. */
export function resample({ rateHz, samples }: Sound, toHz: number): Float32Array {
  const length = Math.floor((samples.length * toHz) / rateHz);
  return Float32Array.from({ length }, (_, index) => {
    const at = (index * rateHz) / toHz;
    const before = samples[Math.floor(at)] ?? 0;
    const after = samples[Math.floor(at) + 1] ?? before;
    return before + (after - before) * (at - Math.floor(at));
  });
}
