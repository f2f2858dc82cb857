import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lightOutput } from '../../../adapters/output/light.js';
import { RetryLater } from '../../../contract/adapters.js';
import { faultsOf } from '../../../contract/explain.js';
import type { GlobalMessage } from '../../../contract/payloads/global.js';
import { createManualClock } from '../../support/manual-clock.js';
import { anyState, aState, createOutputWorld, settled } from '../samples.js';
import { describeOutput } from './output-suite.js';

const TOPIC = 'zigbee2mqtt/lamp/set';
const never = (): AbortSignal => new AbortController().signal;

describeOutput('light', lightOutput, async () => {
  const { context, published } = createOutputWorld();
  return {
    options: { topic: TOPIC, every: 0.05 },
    context: { ...context, clock: { ...context.clock, after: (_, task) => context.clock.after(0, task) } },
    acts: () => published.length,
    async [Symbol.asyncDispose]() {},
  };
});

/** A lamp, and what it was told. */
async function aLamp(options: object = {}, publish?: () => boolean) {
  const clock = createManualClock();
  const world = createOutputWorld({ clock, ...(publish && { publish }) });
  const light = await lightOutput.create(
    lightOutput.options.parse({ topic: TOPIC, ...options }),
    world.context,
  );
  const texts = (): string[] => world.published.map(({ text }) => text);
  const write = async (overrides: Partial<GlobalMessage> = {}): Promise<void> => {
    void light.write(aState(overrides), never());
    await settled();
  };
  return { light, clock, texts, write, published: world.published };
}

const green = { phase: { real: 1 / 3, imag: 0 }, coherence: 0.5 };

describe('a lamp is told the hue of the phase and the brightness of the coherence', () => {
  test.each([
    [
      'zigbee2mqtt',
      {},
      '{"state":"ON","brightness":127,"color":{"hue":119,"saturation":100},"transition":0.5}',
      '{"state":"OFF","transition":0.5}',
    ],
    [
      'zigbee2mqtt',
      { saturation: 0.25, transition: 2, most: 0.5 },
      '{"state":"ON","brightness":64,"color":{"hue":119,"saturation":25},"transition":2}',
      '{"state":"OFF","transition":2}',
    ],
    ['tasmota', {}, 'Fade2 1; Speed2 1; HSBColor 119,100,50', 'Fade2 1; Speed2 1; Power OFF'],
    ['tasmota', { transition: 0 }, 'Fade2 0; HSBColor 119,100,50', 'Fade2 0; Power OFF'],
    [
      'esphome',
      { step: 1 / 360 },
      '{"state":"ON","brightness":128,"color_mode":"rgb","color":{"r":0,"g":255,"b":0},"transition":0.5}',
      '{"state":"OFF","transition":0.5}',
    ],
    [
      'esphome',
      { step: 1 / 360, saturation: 0 },
      '{"state":"ON","brightness":128,"color_mode":"rgb","color":{"r":255,"g":255,"b":255},"transition":0.5}',
      '{"state":"OFF","transition":0.5}',
    ],
  ])('%s %j', async (kind, options, on, off) => {
    const { light, texts, write } = await aLamp({ kind, ...options });
    await write(green);
    await light.quiet?.('gone');
    expect(texts()).toEqual([on, off]);
  });

  test('or of formulas', async () => {
    const { texts, write } = await aLamp({ hue: '720 + 30', brightness: 'order/2' });
    await write();
    expect(JSON.parse(texts()[0] ?? '')).toMatchObject({ brightness: 119, color: { hue: 29 } });
  });

  test('and off where there is no brightness', async () => {
    const { texts, write } = await aLamp();
    await write({ coherence: 0.004 });
    expect(JSON.parse(texts()[0] ?? '')).toEqual({ state: 'OFF', transition: 0.5 });
  });
});

test('it is told on change alone, at most twice a second, and then the newest', async () => {
  const { clock, texts, write } = await aLamp();
  await write({ coherence: 0.5 });
  await write({ coherence: 0.501 });
  expect(texts()).toHaveLength(1);
  clock.advance(0.5);
  await write({ coherence: 0.6 });
  expect(texts()).toHaveLength(2);
  clock.advance(60);
  await write({ coherence: 0.6 });
  expect(texts()).toHaveLength(2);
});

test('a write ends when the lamp may be told again', async () => {
  const { light, clock } = await aLamp();
  let ended = false;
  void Promise.resolve(light.write(aState(), never())).then(() => {
    ended = true;
  });
  clock.advance(0.4);
  await settled();
  expect(ended).toBe(false);
  clock.advance(0.2);
  await settled();
  expect(ended).toBe(true);
});

test('without a mesh it goes dark once, or holds', async () => {
  const dark = await aLamp();
  await dark.light.quiet?.('gone');
  await dark.write();
  await dark.light.quiet?.('gone');
  await dark.light.close?.();
  expect(dark.texts()).toHaveLength(2);
  const held = await aLamp({ quiet: 'hold' });
  await held.write();
  await held.light.quiet?.('gone');
  await held.light.close?.();
  expect(held.texts()).toHaveLength(1);
});

test('a command that the link dropped is told again', async () => {
  const { light } = await aLamp({}, () => false);
  await expect(light.write(aState(), never())).rejects.toThrow(RetryLater);
});

test('a formula that gives no number is a sentence, and nothing is told', async () => {
  const { light, texts } = await aLamp({ hue: 'sqrt(-1)' });
  await expect(light.write(aState(), never())).rejects.toThrow('hue: found i of the formula sqrt(-1)');
  expect(texts()).toEqual([]);
});

test('whatever the state, every figure of a command is in range', async () => {
  for (const kind of ['zigbee2mqtt', 'tasmota', 'esphome']) {
    for (const state of fc.sample(anyState, { numRuns: 200, seed: 20261124 })) {
      const { texts, write } = await aLamp({ kind });
      await write(state);
      const [text = ''] = texts();
      expect(text).not.toMatch(/NaN|Infinity|-|undefined/);
      const numbers = [...text.matchAll(/\d+(\.\d+)?/g)].map(([number]) => Number(number));
      expect(Math.max(...numbers)).toBeLessThan(360);
    }
  }
});

test.each([
  [{}, 'topic'],
  [{ topic: TOPIC, kind: 'hue' }, 'one of zigbee2mqtt, tasmota, esphome'],
  [{ topic: TOPIC, brightness: '' }, 'a length of at least 1'],
  [{ topic: TOPIC, every: 0 }, 'a duration'],
])('the options %j are refused', (options, sentence) => {
  const [fault] = faultsOf(lightOutput.options, options);
  expect(`${fault?.path.join('.')}: ${fault?.expected}`).toContain(sentence);
});
