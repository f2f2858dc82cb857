// Needs: ffmpeg
import { readdirSync, readlinkSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { cameraInput } from '../../../adapters/input/camera.js';
import { createManualClock } from '../../support/manual-clock.js';
import { recordLog } from '../../support/recorded-log.js';
import { until } from '../../support/until.js';
import { childProcesses, killProgram, runningPrograms } from '../child-processes.js';
import { openPiCamera } from '../picture/pi-camera.js';
import { createInputBench, describeInput } from './input-suite.js';

// Through rpicam-vid, because a hundred starts of ffmpeg take half a minute on a busy machine.
describeInput(cameraInput, async () => {
  const camera = openPiCamera();
  return {
    options: { program: 'rpicam-vid' },
    kill: () => killProgram('rpicam-vid'),
    ruin: () => camera.unplug(),
    [Symbol.asyncDispose]: () => camera[Symbol.asyncDispose](),
  };
});

/** What ffmpeg draws, as pictures of a camera. */
const drawn = (graph: string): object => ({ format: 'lavfi', device: graph });
const path = process.env.PATH;

afterEach(() => {
  process.env.PATH = path;
});

/** A camera that watches until enough is seen, or it says what is wrong. */
async function watch(options: object, { count = 4, everySeconds = 0.01, seen = (): void => {} } = {}) {
  const bench = createInputBench(undefined, everySeconds);
  const log = recordLog();
  const stop = new AbortController();
  const settings = cameraInput.options.parse(options);
  const running = cameraInput.create(settings, { ...bench.context, log }).run(stop.signal);
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  running.then(over, over);
  await until(() => isOver || bench.readings.length >= count, `the sight of ${JSON.stringify(options)}`, 10);
  seen();
  stop.abort();
  await running;
  expect(childProcesses()).toEqual([]);
  return { readings: bench.readings, lines: log.lines };
}

const values = async (options: object): Promise<number[]> =>
  (await watch(options)).readings.map(({ value }) => value);

/** Half of the picture black, half of it white, of colours and pixel formats as cameras give them. */
const HALVES = 'color=black:size=320x240:rate=100,drawbox=x=160:w=160:h=240:color=white:t=fill';
/** On the left black and white in turn, on the right grey. */
const BLINKING = "color=gray:size=64x48:rate=25,geq=lum='if(lt(X\\,32)\\,if(mod(N\\,2)\\,235\\,16)\\,126)'";
/** Another grey in each picture. */
const CHANGING = "color=gray:size=64x48:rate=50,geq=lum='16+mod(7*N\\,200)'";

describe('brightness', () => {
  test.each([
    ['black', 'color=black:rate=100', 0],
    ['grey', 'color=gray:rate=100', 0.5],
    ['white', 'color=white:rate=100', 1],
    ['white of the whole range, as a webcam gives it', 'color=white:rate=100,format=yuvj420p', 1],
    ['red, which is 30% of white', 'color=red:rate=100', 0.299],
    ['halves', HALVES, 0.5],
  ])('of %s', async (_, graph, luma) => {
    for (const value of await values(drawn(graph))) expect(Math.abs(value - luma)).toBeLessThan(0.01);
  });

  test('of a region', async () => {
    const left = await values({ ...drawn(HALVES), region: [0, 0, 0.5, 1] });
    const right = await values({ ...drawn(HALVES), region: [0.5, 0, 0.5, 1] });
    for (const value of left) expect(value).toBeLessThan(0.01);
    for (const value of right) expect(value).toBeGreaterThan(0.99);
  });
});

describe('motion', () => {
  test('of what stands still', async () => {
    expect(new Set(await values({ ...drawn(HALVES), measure: 'motion' }))).toEqual(new Set([0]));
  });

  test('of what blinks, and of what does not beside it', async () => {
    // Pictures that come together are measured as one, so that not every reading sees it blink.
    const most = async (region: readonly number[]): Promise<number> =>
      Math.max(...(await values({ ...drawn(BLINKING), measure: 'motion', region })));
    expect(await most([0, 0, 1, 1])).toBeCloseTo(0.5, 2);
    expect(await most([0, 0, 0.4, 1])).toBeCloseTo(1, 2);
    expect(await most([0.6, 0, 0.4, 1])).toBe(0);
  });
});

describe('pictures', () => {
  test('that a camera leaves out are not made up', async () => {
    // A copy of the picture before would have no motion.
    const gaps = `${CHANGING},select='lt(mod(n\\,11)\\,6)'`;
    const { readings } = await watch({ ...drawn(gaps), measure: 'motion' }, { count: 12 });
    expect(readings.filter(({ value }) => value === 0)).toEqual([]);
  });

  test('beyond the period are left out', async () => {
    const times: number[] = [];
    const emit = (): void => void times.push(performance.now());
    const stop = new AbortController();
    const settings = cameraInput.options.parse(drawn('color=black:rate=100'));
    const context = { ...createInputBench(undefined, 0.1).context, emit };
    const running = cameraInput.create(settings, context).run(stop.signal);
    await until(() => times.length === 5, 'the fifth reading', 10);
    stop.abort();
    await running;
    expect((times[4] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(300);
  });

  test('are measured no more once a reading has stopped it', async () => {
    const stop = new AbortController();
    let readings = 0;
    const emit = (): void => {
      readings += 1;
      // The first lets pictures gather, so that several come in the next chunk; the second lets the period pass.
      const until = performance.now() + (readings === 1 ? 100 : 5);
      while (performance.now() < until);
      if (readings === 2) stop.abort();
    };
    const settings = cameraInput.options.parse(drawn('color=black:rate=100'));
    await cameraInput.create(settings, { ...createInputBench().context, emit }).run(stop.signal);
    expect(readings).toBe(2);
  });

  test('do not leave: what is told is a number, and its program holds nothing open but pipes', async () => {
    const open: string[] = [];
    const seen = (): void => {
      for (const pid of runningPrograms('ffmpeg')) {
        open.push(...readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`)));
      }
    };
    const { readings, lines } = await watch(drawn(HALVES), { seen });
    for (const reading of readings) expect(reading).toEqual({ value: expect.any(Number) });
    expect(lines).toEqual([]);
    expect(open.length).toBeGreaterThanOrEqual(3);
    for (const name of open) expect(name).toMatch(/^(\/dev\/null|(pipe|socket|anon_inode):.*)$/);
  });
});

describe('what is wrong is said in a sentence', () => {
  test.each([
    [
      { device: '/dev/video99' },
      'ffmpeg ended with exit code 1: /dev/video99: No such file or directory; see that the camera is plugged in',
    ],
    [{ device: '/dev/null' }, 'Inappropriate ioctl for device; that is no camera'],
    [{ format: 'nosuch' }, "Unknown input format: 'nosuch'; see which formats there are: ffmpeg -devices"],
    [
      { program: 'rpicam-vid', format: 'lavfi', device: 'testsrc' },
      'program: found rpicam-vid, expected ffmpeg, which alone reads the format lavfi',
    ],
    [
      { program: 'rpicam-vid', device: '/dev/video0' },
      'device: found /dev/video0, expected the number of a camera such as 0, because rpicam-vid reads it',
    ],
    [
      { program: 'rpicam-vid', size: [100, 48] },
      'size: found 100 x 48, expected a width that is a multiple of 64 and an even height, because rpicam-vid reads it',
    ],
  ])('%j', async (options, sentence) => {
    await expect(watch(options)).rejects.toThrow(sentence);
    expect(await cameraInput.probe?.(cameraInput.options.parse(options))).toEqual({
      ok: false,
      reason: expect.stringContaining(sentence),
    });
  });

  test.each([
    [{}, 'found no program ffmpeg on the PATH; install it: apt-get install ffmpeg'],
    [
      { program: 'rpicam-vid' },
      'found no program rpicam-vid on the PATH; install it: apt-get install rpicam-apps',
    ],
  ])('where the program of %j is not installed', async (options, sentence) => {
    process.env.PATH = '/nonexistent';
    await expect(watch(options)).rejects.toThrow(sentence);
  });

  test('where the camera hangs', async () => {
    const clock = createManualClock();
    const bench = createInputBench(clock, 0.01);
    const settings = cameraInput.options.parse(drawn('testsrc'));
    const running = cameraInput.create(settings, bench.context).run(AbortSignal.timeout(10_000));
    await until(() => bench.readings.length > 0, 'the first reading');
    for (const pid of runningPrograms('ffmpeg')) process.kill(pid, 'SIGSTOP');
    clock.advance(10);
    await expect(running).rejects.toThrow(/^ffmpeg gave nothing for 5 s and was ended$/);
    expect(childProcesses()).toEqual([]);
  });

  test('where the pictures end', async () => {
    await expect(watch(drawn('color=black:rate=100:duration=0.05'), { count: 100 })).rejects.toThrow(
      /^ffmpeg ended with exit code 0$/,
    );
  });

  test.each([
    [{ region: [0.5, 0, 0.6, 1] }, 'that they do not leave'],
    [{ region: [0, 0, 0, 1] }, 'that they do not leave'],
    [{ region: [0, 0, 1] }, 'left, top, width and height'],
    [{ size: [64] }, 'width and height in pixels'],
    [{ size: [0, 48] }, 'Too small'],
    [{ fps: 0 }, 'Too small'],
    [{ format: 'v4l2 -i x' }, 'a format of ffmpeg'],
    [{ measure: 'faces' }, 'Invalid option'],
  ])('where the configuration is %j', (options, expected) => {
    expect(cameraInput.options.safeParse(options).error?.issues[0]?.message).toContain(expected);
  });
});

test('ffmpeg that is killed is named, and leaves nothing behind', async () => {
  const bench = createInputBench();
  const settings = cameraInput.options.parse(drawn('testsrc'));
  const running = cameraInput.create(settings, bench.context).run(AbortSignal.timeout(10_000));
  await until(() => bench.readings.length > 0, 'the first reading');
  const ended = expect(running).rejects.toThrow(/^ffmpeg was ended by SIGKILL$/);
  await killProgram('ffmpeg');
  await ended;
  expect(childProcesses()).toEqual([]);
});

test("a Pi's camera is seen by its luma alone", async () => {
  await using _camera = openPiCamera();
  for (const value of await values({})) expect(value).toBeCloseTo(51 / 255, 9);
});

test('the probe says through what pictures come', async () => {
  const settings = cameraInput.options.parse(drawn('testsrc'));
  expect(await cameraInput.probe?.(settings)).toEqual({ ok: true, detail: 'pictures come through ffmpeg' });
  expect(childProcesses()).toEqual([]);
});
