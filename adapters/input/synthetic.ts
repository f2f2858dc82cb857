import { once } from 'node:events';
import { z } from 'zod';
import { defineInput, type Reading } from '../../contract/adapters.js';
import { instantFromSeconds } from '../../contract/instant.js';
import { CycleClock } from '../../kairos/cycle-clock.js';

const options = z.strictObject({
  waveform: z
    .enum(['sine', 'square', 'ramp', 'constant', 'noise', 'rotation'])
    .default('sine')
    .describe('a rotation is a pair that turns; the others are numbers'),
  frequency: z.number().min(-1000).max(1000).default(0.1).describe('hertz; below 0 it runs backwards'),
  amplitude: z.number().min(-1e9).max(1e9).default(1).describe('how far it goes to either side'),
  offset: z.number().min(-1e9).max(1e9).default(0).describe('added to every reading'),
  phase: z.number().min(-1e6).max(1e6).default(0).describe('radians at 1970-01-01T00:00:00Z'),
  noise: z.number().min(0).max(1).default(0).describe('the share of the signal that is uniform noise'),
  seed: z.int().min(0).max(0xffffffff).default(0).describe('another seed, another noise'),
});
type Options = z.output<typeof options>;

/** A test signal: needs no hardware, and two hosts of the same clock and seed give the same readings. */
export const syntheticInput = defineInput({
  name: 'synthetic',
  options,
  everySeconds: () => 0.1,
  create: (settings, { clock, everySeconds, emit }) => ({
    async run(signal) {
      if (signal.aborted) return;
      const sample = createSignal(settings);
      const tick = (): void => emit(sample(clock.nowSeconds()));
      const stop = clock.every(everySeconds, tick);
      tick();
      await once(signal, 'abort');
      stop();
    },
  }),
});

/** The signal's reading at a Unix time; its noise is another number each microsecond. */
function createSignal(settings: Options): (unixSeconds: number) => Reading {
  const { waveform, amplitude, offset, noise, seed } = settings;
  const cycleClock = new CycleClock(settings.frequency);
  const phaseCycles = settings.phase / (2 * Math.PI);
  const noiseShare = waveform === 'noise' ? 1 : noise;
  return (unixSeconds) => {
    const { wholeSeconds, fraction } = instantFromSeconds(unixSeconds);
    const cycles = cycleClock.at(wholeSeconds, fraction) + phaseCycles;
    const step = Math.round(unixSeconds * 1e6);
    const noisy = (wave: number, lane: number): number =>
      amplitude * ((1 - noiseShare) * wave + noiseShare * noiseAt(seed, step, lane));
    const value = offset + noisy(waveAt(waveform, cycles), 0);
    return waveform === 'rotation' ? { value, imag: noisy(Math.sin(2 * Math.PI * cycles), 1) } : { value };
  };
}

/** The waveform in [-1, 1] after so many cycles; a rotation's real part. */
function waveAt(waveform: Options['waveform'], cycles: number): number {
  const turned = cycles - Math.floor(cycles);
  switch (waveform) {
    case 'sine':
      return Math.sin(2 * Math.PI * turned);
    case 'rotation':
      return Math.cos(2 * Math.PI * turned);
    case 'square':
      return turned < 0.5 ? 1 : -1;
    case 'ramp':
      return 2 * turned - 1;
    default:
      return 0;
  }
}

/** Uniform in [-1, 1) and the same wherever it is asked for: a hash (MurmurHash3's finaliser) of seed and step. */
function noiseAt(seed: number, step: number, lane: number): number {
  let hash = mix(seed ^ mix(lane + 1));
  hash = mix(hash ^ (step >>> 0));
  hash = mix(hash ^ (Math.floor(step / 0x100000000) >>> 0));
  return hash / 0x80000000 - 1;
}

function mix(word: number): number {
  let hash = word >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
