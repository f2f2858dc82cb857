import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BandPass } from '../../../adapters/sound/band-pass.js';
import { FrameMeter } from '../../../adapters/sound/frame-meter.js';

const bytesOf = (samples: Int16Array): Uint8Array => {
  const bytes = new Uint8Array(2 * samples.length);
  const view = new DataView(bytes.buffer);
  for (const [index, sample] of samples.entries()) view.setInt16(2 * index, sample, true);
  return bytes;
};

/** The mean square of each frame, and how many samples of all came after it. */
function measure(meter: FrameMeter, chunks: readonly Uint8Array[]): [number, number][] {
  const frames: [number, number][] = [];
  let left = chunks.reduce((sum, chunk) => sum + chunk.length, 0) >> 1;
  for (const chunk of chunks) {
    left -= meter.samplesIn(chunk);
    meter.take(chunk, (meanSquare, samplesAfter) => frames.push([meanSquare, left + samplesAfter]));
  }
  return frames;
}

describe('a frame', () => {
  test.each([
    ['silence', 0, 0],
    ['half', 16_384, 0.25],
    ['the loudest', 32_767, (32_767 / 32_768) ** 2],
    ['the loudest below 0', -32_768, 1],
    ['one step below 0', -1, 2 ** -30],
  ])('of %s has its power', (_, sample, power) => {
    const meter = new FrameMeter(4);
    expect(measure(meter, [bytesOf(new Int16Array(10).fill(sample))])).toEqual([
      [power, 6],
      [power, 2],
    ]);
  });

  test('of a full-scale sine has half of the power', () => {
    const sine = Int16Array.from({ length: 160 }, (_, n) =>
      Math.round(32_767 * Math.sin((2 * Math.PI * n) / 16)),
    );
    const [frame] = measure(new FrameMeter(160), [bytesOf(sine)]);
    expect(frame?.[0]).toBeCloseTo(0.5, 4);
  });

  test('counts no sample of the one before', () => {
    const samples = Int16Array.of(100, 100, 7, 7, -100, 100);
    const squares = measure(new FrameMeter(2), [bytesOf(samples)]).map(([power]) => power * 2 ** 30);
    expect(squares).toEqual([10_000, 49, 10_000]);
  });
});

const sound = fc.tuple(
  fc.int16Array({ minLength: 5, maxLength: 200 }),
  fc.array(fc.integer({ min: 0, max: 401 }), { minLength: 1, maxLength: 40 }),
  fc.integer({ min: 1, max: 5 }),
);

test.each([
  ['all that is heard', () => undefined],
  ['a band', () => new BandPass(500, 1000, 16_000)],
])('%s is the same in whatever chunks it comes', (_, filter) => {
  fc.assert(
    fc.property(sound, ([samples, cuts, frameSamples]) => {
      const bytes = bytesOf(samples);
      const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
      const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
      const whole = measure(new FrameMeter(frameSamples, filter()), [bytes]);
      expect(measure(new FrameMeter(frameSamples, filter()), chunks)).toEqual(whole);
      expect(whole).toHaveLength(Math.floor(samples.length / frameSamples));
      if (filter() !== undefined) return;
      const powers = whole.map((_, index) => {
        const frame = samples.subarray(index * frameSamples, (index + 1) * frameSamples);
        return frame.reduce((sum, sample) => sum + sample * sample, 0) / (frameSamples * 2 ** 30);
      });
      expect(whole.map(([power]) => power)).toEqual(powers);
    }),
  );
});
