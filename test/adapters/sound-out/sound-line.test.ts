import { describe, expect, test } from '@jest/globals';
import { Mixer } from '../../../adapters/sound-out/mixer.js';
import { Pace } from '../../../adapters/sound-out/pace.js';
import { SoundLine, type SoundLineOptions } from '../../../adapters/sound-out/sound-line.js';
import type { SoundSink } from '../../../adapters/sound-out/sound-sink.js';
import { createManualClock } from '../../support/manual-clock.js';
import { settled } from '../samples.js';
import { hear, largestJump, samplesIn } from './heard.js';

const RATE = 48_000;

/** A way out that keeps what it gets, and that a test can break. */
interface KeptSink extends SoundSink {
  readonly kept: Buffer[];
  readonly break: (sentence: string) => void;
  /** As when a program tells that it took some. */
  readonly took: () => void;
  isClosed: boolean;
}

function createLine(options: Partial<SoundLineOptions> = {}) {
  const clock = createManualClock();
  const mixer = new Mixer(RATE, 1);
  const sinks: KeptSink[] = [];
  const complaints: (string | null)[] = [];
  const line = new SoundLine({
    clock,
    rateHz: RATE,
    mixer,
    async open(took) {
      const pace = new Pace(clock, { rateHz: RATE, aheadSeconds: 0.02, catchUpSeconds: 0.02 });
      let end: (sentence: string) => void = () => {};
      const ended = new Promise<string>((resolve) => {
        end = resolve;
      });
      const kept: Buffer[] = [];
      const sink: KeptSink = {
        kept,
        isClosed: false,
        break: end,
        took,
        ended,
        get wanted() {
          return pace.due;
        },
        write(pcm) {
          pace.give(pcm.length / 2);
          kept.push(pcm);
        },
        async close() {
          sink.isClosed = true;
        },
      };
      sinks.push(sink);
      return sink;
    },
    complain: (reason) => complaints.push(reason),
    ...options,
  });
  const samples = (index = sinks.length - 1): Int16Array =>
    samplesIn(Buffer.concat(sinks[index]?.kept ?? []));
  return { clock, mixer, line, sinks, complaints, samples };
}

test('what sounds goes out just in time, 20 ms ahead', async () => {
  const { clock, mixer, line, samples, complaints } = createLine();
  mixer.tone.moveTo(440, 0.5);
  await line.wake();
  expect(samples()).toHaveLength(960);
  clock.advance(3);
  expect(samples().length / RATE).toBeGreaterThan(3.02 - 0.012);
  expect(samples().length / RATE).toBeLessThanOrEqual(3.02);
  expect(hear(samples().slice(RATE)).frequencyHz).toBeCloseTo(440, 1);
  expect(line.wake()).toBeUndefined();
  await line.close();
  expect(complaints).toEqual([null]);
});

test('closing lets the tone fall silent by its ramp, and is the end', async () => {
  const { clock, mixer, line, sinks, samples } = createLine();
  mixer.tone.moveTo(440, 1);
  await line.wake();
  clock.advance(0.1);
  const before = samples().length;
  await line.close();
  const all = samples();
  expect(all.at(-1)).toBe(0);
  expect(all.length - before).toBeLessThan(500);
  expect(largestJump(all.slice(before - 1))).toBeLessThan(
    32_767 * (1 / 480 + 2 * Math.sin((Math.PI * 440) / RATE)) + 1,
  );
  expect(sinks.map(({ isClosed }) => isClosed)).toEqual([true]);
  mixer.tone.moveTo(440, 1);
  expect(line.wake()).toBeUndefined();
  clock.advance(1);
  await settled();
  expect(samples()).toHaveLength(all.length);
  await line.close();
});

test('what it took is made up for at once, but not once it is closed', async () => {
  const { clock, mixer, line, sinks, samples } = createLine();
  mixer.tone.moveTo(440, 1);
  await line.wake();
  clock.advance(0.005);
  sinks[0]?.took();
  expect(samples()).toHaveLength(960 + 240);
  await line.close();
  const all = samples().length;
  clock.advance(1);
  sinks[0]?.took();
  expect(samples()).toHaveLength(all);
});

test('closing while it opens sends nothing', async () => {
  const { mixer, line, sinks } = createLine();
  mixer.tone.moveTo(440, 1);
  void line.wake();
  await line.close();
  expect(sinks.map(({ kept, isClosed }) => [kept.length, isClosed])).toEqual([[0, true]]);
});

describe('a way out that ends', () => {
  test('is told of, opened again after a while, and the tone comes in again out of silence', async () => {
    const { clock, mixer, line, sinks, complaints, samples } = createLine();
    mixer.tone.moveTo(440, 1);
    await line.wake();
    clock.advance(2);
    sinks[0]?.break('aplay was ended by SIGKILL');
    await settled();
    expect(complaints).toEqual([null, 'aplay was ended by SIGKILL']);
    expect([sinks.length, sinks[0]?.isClosed]).toEqual([1, true]);
    clock.advance(0.25);
    await settled();
    expect(sinks).toHaveLength(2);
    clock.advance(0.99);
    expect(complaints).toHaveLength(2);
    expect(largestJump(Int16Array.of(0, ...samples()))).toBeLessThan(2000);
    clock.advance(0.1);
    expect(complaints.at(-1)).toBeNull();
    await line.close();
  });

  test('at once each time is opened ever more rarely, up to every 30 s', async () => {
    const { clock, mixer, line, sinks } = createLine();
    mixer.tone.moveTo(440, 1);
    await line.wake();
    for (let second = 0; second < 600; second += 1) {
      sinks.at(-1)?.break('gone');
      await settled();
      clock.advance(1);
      await settled();
    }
    expect(sinks.length).toBeGreaterThan(20);
    expect(sinks.length).toBeLessThan(60);
    await line.close();
  });

  test('drops what was being said, which is stale by then', async () => {
    const { clock, mixer, line, sinks } = createLine();
    const spoken = mixer.voice.say(new Float32Array(100 * RATE));
    await line.wake();
    sinks[0]?.break('gone');
    await settled();
    clock.advance(1);
    await spoken;
    await settled();
    expect(sinks).toHaveLength(1);
    await line.close();
  });
});

test('one that cannot be opened is told of, and waited for without holding anybody up', async () => {
  let tries = 0;
  const { clock, mixer, line, complaints } = createLine({
    open: async () => {
      tries += 1;
      throw new Error('there is no disk');
    },
  });
  mixer.tone.moveTo(440, 1);
  await line.wake();
  expect(complaints).toEqual(['there is no disk']);
  expect(line.wake()).toBeUndefined();
  for (let second = 0; second < 60; second += 1) {
    clock.advance(1);
    await settled();
  }
  expect(tries).toBeGreaterThan(4);
  await line.close();
});

describe('silence', () => {
  test('for long closes the way out, until something sounds', async () => {
    const { clock, mixer, line, sinks } = createLine({ idleSeconds: 10 });
    mixer.tone.moveTo(440, 1);
    await line.wake();
    clock.advance(15);
    mixer.tone.moveTo(440, 0);
    clock.advance(9.9);
    await settled();
    expect(sinks[0]?.isClosed).toBe(false);
    clock.advance(0.2);
    await settled();
    expect(sinks[0]?.isClosed).toBe(true);
    mixer.tone.moveTo(440, 1);
    await line.wake();
    expect(sinks).toHaveLength(2);
    await line.close();
  });

  test('that ends while the way out closes opens it again', async () => {
    const { clock, mixer, line, sinks } = createLine({ idleSeconds: 1 });
    mixer.tone.moveTo(440, 1);
    await line.wake();
    mixer.tone.moveTo(440, 0);
    clock.advance(1.1);
    mixer.tone.moveTo(440, 1);
    await line.wake();
    await settled();
    expect(sinks.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    await line.close();
  });

  test('is sent on where the time matters', async () => {
    const { clock, mixer, line, samples } = createLine();
    mixer.tone.moveTo(440, 1);
    await line.wake();
    mixer.tone.moveTo(440, 0);
    clock.advance(30);
    await settled();
    expect(samples().length).toBeGreaterThan(29 * RATE);
    await line.close();
  });
});
