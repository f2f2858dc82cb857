// Needs: arecord, ffmpeg, sox
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { microphoneInput } from '../../../adapters/input/microphone.js';
import { secondsBetween } from '../../../contract/instant.js';
import { createManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';
import { childProcesses, killProgram } from '../child-processes.js';
import { openAlsaFifo } from '../sound/alsa-fifo.js';
import { createInputBench, describeInput, type InputBench } from './input-suite.js';

const HALF = new Int16Array(160).fill(16_384);

describeInput(microphoneInput, async () => {
  const device = openAlsaFifo();
  device.hear(HALF);
  return {
    options: { program: 'arecord', device: 'fifo' },
    feed: () => device.hear(HALF),
    kill: () => killProgram('arecord'),
    ruin: () => device.unplug(),
    [Symbol.asyncDispose]: () => device[Symbol.asyncDispose](),
  };
});

const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
});

/** A microphone that listens until enough is heard, or it says what is wrong. */
async function hear(
  options: object,
  { count = 20, everySeconds = 0.01, feed = (_bench: InputBench): void => {} } = {},
) {
  const bench = createInputBench(undefined, everySeconds);
  const stop = new AbortController();
  const settings = microphoneInput.options.parse(options);
  const running = microphoneInput.create(settings, bench.context).run(stop.signal);
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  running.then(over, over);
  const enough = (): boolean => {
    if (!isOver && bench.readings.length < count) feed(bench);
    return isOver || bench.readings.length >= count;
  };
  await until(enough, `the reading of ${JSON.stringify(options)}`, 10);
  stop.abort();
  await running;
  expect(childProcesses()).toEqual([]);
  return bench.readings;
}

const values = async (options: object): Promise<number[]> => (await hear(options)).map(({ value }) => value);

/** The mean of what is heard once it has begun: a filter and a resampler take a few frames. */
async function levelOf(options: object): Promise<number> {
  const settled = (await values(options)).slice(10);
  return settled.reduce((sum, value) => sum + value, 0) / settled.length;
}

/** A sound that ffmpeg makes, in frames as a sound card gives them. */
const generated = (expression: string): object => ({
  format: 'lavfi',
  device: `aevalsrc=${expression}:s=16000:n=160`,
});

describe('amplitude', () => {
  test.each([
    ['silence', '0', 0, 1e-4],
    ['a sine at full scale', 'sin(2*PI*1000*t)', Math.SQRT1_2, 1e-3],
    ['a sine at a tenth of it', '0.1*sin(2*PI*440*t)', 0.1 * Math.SQRT1_2, 1e-3],
    ['a square wave at full scale', '1-2*lt(mod(t*1000\\,1)\\,0.5)', 1, 1e-4],
  ])('of %s', async (_, expression, level, within) => {
    for (const value of (await values(generated(expression))).slice(3)) {
      expect(Math.abs(value - level)).toBeLessThan(within);
    }
  });

  test('of a band counts what is heard within it alone', async () => {
    const sound = generated('0.5*sin(2*PI*150*t)+0.5*sin(2*PI*1500*t)');
    const band = { ...sound, band: [80, 300] };
    expect(await levelOf(sound)).toBeCloseTo(0.5, 2);
    expect(await levelOf(band)).toBeCloseTo(0.5 * Math.SQRT1_2, 2);
    expect(await levelOf({ ...sound, band: [3000, 6000] })).toBeLessThan(0.01);
  });

  test('of a square wave in a band stays within 1, though its fundamental does not', async () => {
    const square = { ...generated('1-2*lt(mod(t*150\\,1)\\,0.5)'), band: [100, 200] };
    const readings = await hear(square, { count: 200, everySeconds: 0.001 });
    expect(Math.max(...readings.map(({ value }) => value))).toBe(1);
  });
});

describe('dbfs', () => {
  test.each([
    ['silence', '0', -96],
    ['a sine at full scale', 'sin(2*PI*1000*t)', -3.01],
    ['a sine at a tenth of it', '0.1*sin(2*PI*1000*t)', -23.01],
  ])('of %s', async (_, expression, level) => {
    expect(await levelOf({ ...generated(expression), measure: 'dbfs' })).toBeCloseTo(level, 1);
  });

  test('is encoded as a level from -96 to 0, amplitude from 0 to 1', () => {
    const encoder = (options: object) => microphoneInput.encoder?.(microphoneInput.options.parse(options));
    expect(encoder({ measure: 'dbfs' })).toEqual({ name: 'level', min: -96, max: 0 });
    expect(encoder({})).toEqual({ name: 'level', min: 0, max: 1 });
  });
});

describe('a sound file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'becomingone-sound-'));
  const file = join(folder, 'tone.wav');

  test('is heard at its pace, over and over, whatever its rate and channels', async () => {
    // 0.2 s of a stereo sine at 44.1 kHz, of amplitude 0.5.
    execFileSync('sox', ['-n', '-r', '44100', '-c', '2', file, 'synth', '0.2', 'sine', '500', 'vol', '0.5']);
    const readings = await hear({ format: 'file', device: file }, { count: 60 });
    const loud = readings.filter(({ value }) => Math.abs(value - 0.5 * Math.SQRT1_2) < 0.01);
    expect(loud.length).toBeGreaterThan(50);
    rmSync(folder, { recursive: true });
  });

  test('that is missing is named, without advice on sound cards', async () => {
    await expect(hear({ format: 'file', device: '/no/such.wav' })).rejects.toThrow(
      /^ffmpeg ended with exit code 1: \/no\/such.wav: No such file or directory$/,
    );
  });
});

describe('an ALSA device', () => {
  test.each(['arecord', 'ffmpeg', 'sox'])('is heard through %s, sample for sample', async (program) => {
    await using device = openAlsaFifo();
    // A frame of each loudness, so that one sample lost or doubled would show in all that follow.
    const loudness = [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000];
    const sound = Int16Array.from({ length: 160 * 400 }, (_, n) => loudness[Math.floor(n / 160) % 8] ?? 0);
    device.hear(sound.subarray(0, 160 * 200));
    const feed = (): void => device.hear(sound.subarray(0, 160 * 8));
    const readings = await hear({ program, device: 'fifo' }, { count: 100, feed });
    const heard = readings.slice(0, 100).map(({ value }) => value * 32_768);
    expect(heard).toEqual(heard.map((_, index) => expect.closeTo(loudness[index % 8] ?? 0, 6)));
  });

  test('gives each frame an instant of its own, 10 ms after the last', async () => {
    await using device = openAlsaFifo();
    device.hear(new Int16Array(160 * 40));
    const readings = await hear({ device: 'fifo' }, { feed: () => device.hear(HALF) });
    const times = readings.flatMap(({ at }) => (at === undefined ? [] : [at]));
    expect(times).toHaveLength(readings.length);
    const now = { wholeSeconds: 0, fraction: Date.now() / 1000 };
    expect(Math.abs(secondsBetween(times.at(-1) ?? now, now))).toBeLessThan(2);
    for (const [index, at] of times.slice(1).entries()) {
      const step = secondsBetween(times[index] ?? at, at);
      // The whole backlog at once is drawn to the clock by less than a tenth of the time it lasts.
      expect(Math.abs(step - 0.01)).toBeLessThan(0.001);
    }
  });

  test('is heard no more once a reading has stopped it', async () => {
    await using device = openAlsaFifo();
    device.hear(new Int16Array(160 * 40));
    const stop = new AbortController();
    let readings = 0;
    const emit = (): void => {
      readings += 1;
      stop.abort();
    };
    const settings = microphoneInput.options.parse({ program: 'arecord', device: 'fifo', rate: 8000 });
    const bench = createInputBench();
    await microphoneInput.create(settings, { ...bench.context, emit }).run(stop.signal);
    expect(readings).toBe(1);
  });

  test('that falls silent is noticed', async () => {
    await using device = openAlsaFifo();
    const clock = createManualClock();
    const bench = createInputBench(clock, 0.01);
    const settings = microphoneInput.options.parse({ program: 'arecord', device: 'fifo' });
    const running = microphoneInput.create(settings, bench.context).run(AbortSignal.timeout(10_000));
    device.hear(HALF);
    await until(() => bench.readings.length > 0, 'the first reading');
    clock.advance(10);
    await expect(running).rejects.toThrow(/^arecord gave nothing for 5 s and was ended$/);
  });

  test('that does not exist is named by the program, with what to do', async () => {
    await expect(hear({ program: 'arecord', device: 'nowhere' })).rejects.toThrow(
      /^arecord ended with exit code 1: .*audio open error: No such file or directory; see .* arecord -L/,
    );
  });

  test('that has no pace of its own is refused', async () => {
    await expect(hear({ program: 'arecord', device: 'null' }, { count: 10_000 })).rejects.toThrow(
      /^found more than 16000 samples a second, /,
    );
  });
});

describe('what is wrong is said in a sentence', () => {
  test.each([
    [
      { program: 'sox', format: 'lavfi', device: 'anullsrc' },
      'program: found sox, expected ffmpeg, which alone reads the format lavfi',
    ],
    [
      { format: 'lavfi', device: 'anullsrc', band: [80, 8000] },
      'found a band of 80 to 8000 Hz, expected one above 0 and below 8000 Hz, half of the rate',
    ],
    [
      { format: 'nosuch' },
      "ffmpeg ended with exit code 1: Unknown input format: 'nosuch'; see which formats there are: ffmpeg -devices",
    ],
  ])('%j', async (options, sentence) => {
    await expect(hear(options)).rejects.toThrow(sentence);
    expect(await microphoneInput.probe?.(microphoneInput.options.parse(options))).toEqual({
      ok: false,
      reason: expect.stringContaining(sentence),
    });
  });

  test('where no recorder is installed', async () => {
    process.env.PATH = '/nonexistent';
    const sentence =
      'found none of arecord, ffmpeg, sox on the PATH; install one: apt-get install alsa-utils';
    await expect(hear({})).rejects.toThrow(sentence);
    expect(await microphoneInput.probe?.(microphoneInput.options.parse({}))).toEqual({
      ok: false,
      reason: expect.stringContaining(sentence),
    });
  });

  test('where the recorder that was asked for is not', async () => {
    process.env.PATH = '/nonexistent';
    await expect(hear({ program: 'sox' })).rejects.toThrow(
      'found no program sox on the PATH; install it: apt-get install sox',
    );
  });

  test.each([
    [{ band: [300, 80] }, 'the lower one first'],
    [{ band: [80] }, 'two frequencies in hertz'],
    [{ band: 80 }, 'two frequencies in hertz'],
    [{ format: 'lavfi -i x' }, 'a format of ffmpeg'],
    [{ device: '' }, 'Too small'],
    [{ rate: 100 }, 'Too small'],
    [{ measure: 'loudness' }, 'Invalid option'],
  ])('where the configuration is %j', (options, expected) => {
    const { error } = microphoneInput.options.safeParse(options);
    expect(error?.issues[0]?.message).toContain(expected);
  });
});

test('the probe says what it hears through, and what else there is', async () => {
  await using device = openAlsaFifo();
  device.hear(HALF);
  expect(await microphoneInput.probe?.(microphoneInput.options.parse({ device: 'fifo' }))).toEqual({
    ok: true,
    detail: expect.stringMatching(/^sound comes through arecord from fifo; there are: .*fifo/),
  });
  const generator = microphoneInput.options.parse(generated('0'));
  expect(await microphoneInput.probe?.(generator)).toEqual({
    ok: true,
    detail: 'sound comes through ffmpeg',
  });
  expect(childProcesses()).toEqual([]);
});
