import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { ws281xFrame } from '../../../adapters/drive/ws281x.js';
import { explain } from '../../../contract/explain.js';
import { createManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';
import { builtPinProcess } from '../drive/built-pin-process.js';
import { lightSuiteBench, startLight } from '../drive/light-bench.js';
import { aState, createOutputWorld } from '../samples.js';
import { createFakeMachine } from '../sensors/fake-machine.js';
import { createFakeBuses } from '../sensors/fake-rpio.js';
import { describeOutput } from './output-suite.js';

const machine = await createFakeMachine(createFakeBuses().rpio);
jest.unstable_mockModule('../../../adapters/sensors/machine.js', () => ({ thisMachine: machine }));
jest.unstable_mockModule('../../../adapters/drive/pin-process-file.js', builtPinProcess);
const { stripOutput } = await import('../../../adapters/output/strip.js');
const { rpioDoor } = await import('../../../adapters/rpio.js');
afterAll(async () => {
  await machine[Symbol.asyncDispose]();
});

const never = new AbortController().signal;
const parse = (options: object) => stripOutput.options.parse(options);

/** A frame as a line of a dry run: so many LEDs of a colour, the rest dark. */
function frame(red: number, green: number, blue: number, lit: number, count: number): string {
  return `spi ${ws281xFrame({ red, green, blue }, { lit, count, order: 'GRB' }).toString('hex')}`;
}

const bits = (byte: number): string =>
  Array.from({ length: 8 }, (_, index) => ((byte >> (7 - index)) & 1 ? 'f8' : 'c0')).join('');

describeOutput('strip', stripOutput, () =>
  lightSuiteBench({ count: 3 }, frame(0, 0, 0, 0, 3), (lines) => lines.at(-1)?.text ?? ''),
);

describe('a frame', () => {
  test('is these bytes, dark at the start and at silence', async () => {
    await using bench = await startLight(stripOutput, { count: 2 });
    // Hue 0.25 * 360 = 90 degrees, brightness 0.8 of a half.
    await bench.light.write(aState({ phase: { real: 0.25, imag: 0 }, coherence: 0.8 }), never);
    await bench.light.quiet?.('gone');
    const [green, red, blue] = [102, 51, 0].map(bits);
    const dark = `00${'c0'.repeat(48)}${'00'.repeat(240)}`;
    expect(bench.lines().map(({ text }) => text)).toEqual([
      `spi ${dark}`,
      `spi 00${`${green}${red}${blue}`.repeat(2)}${'00'.repeat(240)}`,
      `spi ${dark}`,
    ]);
  });

  test.each([
    [{ max_brightness: 1 }, 0.5, frame(128, 0, 0, 4, 4)],
    [{ max_brightness: 0.2 }, 1, frame(51, 0, 0, 4, 4)],
    [{ show: 'bar', max_brightness: 1 }, 0.5, frame(255, 0, 0, 2, 4)],
    [{ show: 'bar', max_brightness: 0.2 }, 0.9, frame(51, 0, 0, 4, 4)],
    [{ show: 'bar', max_brightness: 1 }, 0, frame(0, 0, 0, 0, 4)],
    [{ hue: '120', brightness: '1 - coherence', max_brightness: 1 }, 0.6, frame(0, 102, 0, 4, 4)],
  ])('with %j at the coherence %d', async (options, coherence, expected) => {
    await using bench = await startLight(stripOutput, { count: 4, ...options });
    await bench.light.write(aState({ phase: { real: 0, imag: 0 }, coherence }), never);
    expect(bench.lines().at(-1)?.text).toBe(expected);
  });

  test('comes where something changes, and no sooner than it may', async () => {
    const clock = createManualClock();
    await using bench = await startLight(stripOutput, { count: 1, every: '33ms' }, clock);
    const show = (coherence: number): Promise<void> =>
      Promise.resolve(bench.light.write(aState({ coherence }), never));
    const first = show(0.5);
    await until(() => bench.lines().length === 2, 'the first frame');
    const second = show(0.6);
    clock.advance(0.032);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(bench.lines()).toHaveLength(2);
    clock.advance(0.001);
    await first;
    await until(() => bench.lines().length === 3, 'the second frame');
    clock.advance(0.033);
    await second;
    await show(0.6);
    expect(bench.lines()).toHaveLength(3);
  });
});

describe('what cannot be is said in a sentence', () => {
  const failureOf = async (options: object): Promise<string> =>
    Promise.resolve(stripOutput.create(parse(options), createOutputWorld().context)).then(
      () => 'nothing',
      (error: Error) => error.message,
    );

  test('a machine without SPI', async () => {
    const sentence = /^this machine is not a Raspberry Pi \(\S+: missing\), but SPI needs rpio/;
    expect(await failureOf({ count: 8 })).toMatch(sentence);
    expect(await stripOutput.probe?.(parse({ count: 8 }))).toEqual({
      ok: false,
      reason: expect.stringMatching(sentence),
    });
  });

  test('an SPI that a converter has', async () => {
    await machine.becomePi();
    await rpioDoor.open('spi');
    expect(await failureOf({ count: 8 })).toBe('found pin 7 (GPIO7), which SPI has already');
    await machine.remove('proc');
  });

  test.each([
    [{}, 'count: found nothing, expected a finite number'],
    [{ count: 501 }, 'count: found 501, expected a number at most 500'],
    [{ count: 1, order: 'BGR' }, 'order: found "BGR", expected one of GRB, RGB'],
    [{ count: 1, max_brightness: 0 }, 'max_brightness: found 0, expected a number above 0'],
  ])('%j is refused by the configuration', (options, sentence) => {
    expect(explain(stripOutput.options, options)).toContain(sentence);
  });
});
