import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Mixer } from '../../../adapters/sound-out/mixer.js';
import { hear, largestJump, samplesIn } from './heard.js';

const RATE = 48_000;
const RAMP = 480;

/**
 * How far a sample may be from the one before it, derived for s[n] = a[n] sin(phase[n]):
 *
 *   |s[n+1] - s[n]| <= |a[n+1] - a[n]| |sin phase[n+1]| + a[n] |sin phase[n+1] - sin phase[n]|
 *                   <= |ramp's slope| + a 2 sin(pi f / rate)
 *
 * since |sin x - sin y| <= 2 sin(|x - y| / 2) for steps below half a turn. The slope of a ramp that starts anew from
 * where it is never exceeds what is between the two volumes over 480 samples; rounding adds half a step at either end.
 */
function bound(frequencyHz: number, volume: number, volumeStep: number): number {
  return 32_767 * (volumeStep / RAMP + volume * 2 * Math.sin((Math.PI * frequencyHz) / RATE)) + 1;
}

const play = (mixer: Mixer, samples: number): Int16Array => samplesIn(mixer.render(samples));

describe('the tone', () => {
  test.each([
    [20, 1],
    [440, 0.81],
    [787.6, 0.5],
    [880, 0.01],
    [20_000, 0.3],
  ])('of %d Hz and volume %d is just that, after 10 ms', (frequencyHz, volume) => {
    const mixer = new Mixer(RATE, 1);
    mixer.tone.moveTo(frequencyHz, volume);
    play(mixer, RAMP);
    const heard = hear(play(mixer, 2 * RATE));
    expect(Math.abs(heard.frequencyHz - frequencyHz)).toBeLessThan(0.05);
    expect(Math.abs(heard.amplitude / volume - 1)).toBeLessThan(0.005);
  });

  test('begins at its pitch, and reaches its volume in 480 samples, not before', () => {
    const mixer = new Mixer(RATE, 1);
    mixer.tone.moveTo(12_000, 1);
    // A quarter of a turn a sample: every other sample is the amplitude of its moment.
    const samples = play(mixer, 600).map(Math.abs);
    const peaks = samples.filter((_, index) => index % 2 === 0);
    expect(peaks[119]).toBeCloseTo((32_767 * 239) / 480, -1);
    expect(peaks[239]).toBeCloseTo((32_767 * 479) / 480, -1);
    expect(peaks[240]).toBe(32_767);
  });

  test('keeps its phase while its pitch glides: it turns as much as the ramp says', () => {
    const mixer = new Mixer(RATE, 1);
    mixer.tone.moveTo(440, 1);
    play(mixer, RAMP);
    mixer.tone.moveTo(880, 1);
    const before = RAMP * (440 / RATE);
    const glide = Array.from({ length: RAMP }, (_, n) => 440 + (440 * (n + 1)) / RAMP);
    const turned = glide.reduce((sum, hertz) => sum + hertz / RATE, before);
    const last = play(mixer, RAMP).at(-1) ?? 0;
    expect(last / 32_767).toBeCloseTo(Math.sin(2 * Math.PI * turned), 3);
  });

  test('is in tune at another rate, and after a while', () => {
    const mixer = new Mixer(8000, 1);
    mixer.tone.moveTo(440, 0.5);
    for (let second = 0; second < 30; second += 1) mixer.render(8000);
    expect(hear(play(mixer, 8000)).frequencyHz / 6).toBeCloseTo(440, 1);
  });
});

describe('nothing clicks', () => {
  const steps = fc.array(
    fc.record({
      frequencyHz: fc.double({ min: 20, max: 880, noNaN: true }),
      volume: fc.double({ min: 0, max: 1, noNaN: true }),
      // From a thousand states a second to one.
      samples: fc.integer({ min: 48, max: 3000 }),
    }),
    { minLength: 1, maxLength: 50 },
  );

  test('whatever the states are, and however fast they come', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const mixer = new Mixer(RATE, 1);
        let [last, loudest, highest] = [0, 0, 0];
        for (const { frequencyHz, volume, samples } of sequence) {
          mixer.tone.moveTo(frequencyHz, volume);
          const heard = Int16Array.of(last, ...play(mixer, samples));
          // What is on its way may be from further back than the last state.
          [loudest, highest] = [Math.max(loudest, volume), Math.max(highest, frequencyHz)];
          expect(largestJump(heard)).toBeLessThanOrEqual(bound(highest, loudest, loudest));
          last = heard.at(-1) ?? 0;
        }
      }),
      { numRuns: 60 },
    );
  });

  test('across a hundred steps of both, each held to its own bound', () => {
    const mixer = new Mixer(RATE, 1);
    const random = fc.sample(
      fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
      { numRuns: 100, seed: 5 },
    );
    let [last, before] = [0, { frequencyHz: 440, volume: 0 }];
    for (const [real, volume] of random) {
      const frequencyHz = Math.max(20, 440 + 440 * real);
      mixer.tone.moveTo(frequencyHz, volume);
      const heard = Int16Array.of(last, ...play(mixer, 2400));
      const most = bound(
        Math.max(frequencyHz, before.frequencyHz),
        Math.max(volume, before.volume),
        Math.abs(volume - before.volume),
      );
      expect(largestJump(heard)).toBeLessThanOrEqual(most);
      [last, before] = [heard.at(-1) ?? 0, { frequencyHz, volume }];
    }
  });
});

describe('silence', () => {
  test('comes within 10 ms, and stays', () => {
    const mixer = new Mixer(RATE, 1);
    mixer.tone.moveTo(440, 1);
    play(mixer, 5000);
    mixer.hush();
    expect(mixer.isSilent).toBe(false);
    const falling = play(mixer, RAMP);
    expect(falling.some((sample) => Math.abs(sample) > 10_000)).toBe(true);
    expect(falling.at(-1)).toBe(0);
    expect(mixer.isSilent).toBe(true);
    expect(play(mixer, 5000).every((sample) => sample === 0)).toBe(true);
  });

  test('is where one begins who did not hear it before: the tone comes in again by its ramp', () => {
    const mixer = new Mixer(RATE, 1);
    mixer.tone.moveTo(440, 1);
    play(mixer, 5027);
    mixer.restart();
    const anew = Int16Array.of(0, ...play(mixer, RAMP));
    expect(largestJump(anew)).toBeLessThanOrEqual(bound(440, 1, 1));
    expect(hear(play(mixer, RATE)).amplitude).toBeCloseTo(1, 2);
  });
});

describe('the voice', () => {
  const loud = new Float32Array(RATE).fill(1);

  test('is heard above the tone, which steps back and returns; the sum stays within full scale', async () => {
    const mixer = new Mixer(RATE, 0.8);
    mixer.tone.moveTo(1000, 1);
    play(mixer, RATE);
    let isOver = false;
    const spoken = mixer.voice.say(loud).then(() => {
      isOver = true;
    });
    const beside = play(mixer, RATE / 2).slice(RAMP);
    const middle = (Math.max(...beside) + Math.min(...beside)) / 2;
    expect(middle / 32_767).toBeCloseTo(0.8 * 0.75, 2);
    expect((Math.max(...beside) - middle) / 32_767).toBeCloseTo(0.8 * 0.25, 2);
    expect([isOver, mixer.isSilent]).toEqual([false, false]);
    play(mixer, RATE / 2);
    await spoken;
    play(mixer, RAMP);
    expect(hear(play(mixer, RATE)).amplitude).toBeCloseTo(0.8, 2);
  });

  test('says one thing at a time: another takes the place of the first', async () => {
    const mixer = new Mixer(RATE, 1);
    const first = mixer.voice.say(loud);
    play(mixer, 1000);
    const second = mixer.voice.say(loud.map((sample) => -sample / 2));
    await first;
    expect(
      play(mixer, 1000)
        .slice(RAMP)
        .every((sample) => sample === Math.round(-0.375 * 32_767)),
    ).toBe(true);
    mixer.voice.drop();
    await second;
    expect(mixer.isSilent).toBe(true);
  });

  test('breaks off by a ramp', async () => {
    const mixer = new Mixer(RATE, 1);
    const spoken = mixer.voice.say(loud);
    play(mixer, 1000);
    mixer.hush();
    const end = play(mixer, RAMP);
    await spoken;
    expect(end.at(-1)).toBe(0);
    expect(largestJump(end)).toBeLessThanOrEqual(32_767 / RAMP + 1);
  });

  test('that has nothing to say is over at once', async () => {
    const mixer = new Mixer(RATE, 1);
    const spoken = mixer.voice.say(new Float32Array(0));
    play(mixer, 10);
    await spoken;
    expect(mixer.isSilent).toBe(true);
  });
});

test('a gain of 0 is silence, and what is too loud for a moment is cut, not turned over', () => {
  const silent = new Mixer(RATE, 0);
  silent.tone.moveTo(440, 1);
  expect(play(silent, 1000).every((sample) => sample === 0)).toBe(true);
  const mixer = new Mixer(RATE, 1);
  mixer.tone.moveTo(12_000, 1);
  play(mixer, RAMP);
  void mixer.voice.say(new Float32Array(RATE).fill(1));
  play(mixer, RATE - RAMP);
  mixer.voice.drop();
  void mixer.voice.say(new Float32Array(1000).fill(4));
  expect(play(mixer, 1000).at(-1)).toBe(32_767);
  void mixer.voice.say(new Float32Array(1000).fill(-4));
  expect(play(mixer, 1000).at(-1)).toBe(-32_767);
});
