import { describe, expect, test } from '@jest/globals';
import { mqttOutput } from '../../../adapters/output/mqtt.js';
import { RetryLater } from '../../../contract/adapters.js';
import { faultsOf } from '../../../contract/explain.js';
import type { GlobalMessage } from '../../../contract/payloads/global.js';
import { createManualClock } from '../../support/manual-clock.js';
import { aState, createOutputWorld, settled } from '../samples.js';
import { describeOutput } from './output-suite.js';

const never = (): AbortSignal => new AbortController().signal;

describeOutput('mqtt', mqttOutput, async () => {
  const { context, published } = createOutputWorld();
  return {
    options: { topic: 'house/coherence', every: 0, quiet: 'away' },
    context,
    acts: () => published.length,
    async [Symbol.asyncDispose]() {},
  };
});

async function republishing(options: object = {}, publish?: () => boolean) {
  const clock = createManualClock();
  const { context, published } = createOutputWorld({ clock, ...(publish && { publish }) });
  const settings = mqttOutput.options.parse({ topic: 'house/coherence', ...options });
  const output = await mqttOutput.create(settings, context);
  const write = async (overrides: Partial<GlobalMessage> = {}): Promise<void> => {
    void output.write(aState(overrides), never());
    await settled();
    clock.advance(10);
    await settled();
  };
  return { output, write, clock, published, texts: () => published.map(({ text }) => text) };
}

describe('what is published', () => {
  test.each([
    [{}, '0.81'],
    [{ value: 'unified' }, '1'],
    [{ value: 'angle*180/pi' }, '17.5603'],
    [{ template: '{"on": {unified}, "c": {coherence}}' }, '{"on": true, "c": 0.81}'],
  ])('%j', async (options, text) => {
    const { write, published } = await republishing({ ...options, retain: true });
    await write();
    expect(published).toEqual([{ topic: 'house/coherence', text, retain: true }]);
  });

  test('is published again when it has moved far enough', async () => {
    const { write, texts } = await republishing({ step: 0.1 });
    for (const coherence of [0.5, 0.55, 0.59, 0.61, 0.55, 0.5]) await write({ coherence });
    expect(texts()).toEqual(['0.5', '0.61', '0.5']);
  });

  test('is published on any change unless a step is given, and not without one', async () => {
    const { write, texts } = await republishing();
    for (const coherence of [0.5, 0.5, 0.501]) await write({ coherence });
    expect(texts()).toEqual(['0.5', '0.501']);
  });

  test('is, while the mesh is not there, what is given for that', async () => {
    const { output, write, texts } = await republishing({ quiet: 'away', step: 0.5 });
    await write({ coherence: 0.5 });
    await output.quiet?.('gone');
    await output.quiet?.('gone');
    await write({ coherence: 0.5 });
    expect(texts()).toEqual(['0.5', 'away', '0.5']);
  });
});

test('a message that the link dropped is tried again', async () => {
  const { output } = await republishing({}, () => false);
  await expect(output.write(aState(), never())).rejects.toThrow(RetryLater);
});

test('a formula that gives no real number is a sentence', async () => {
  const { output, texts } = await republishing({ value: 'real + i' });
  await expect(output.write(aState(), never())).rejects.toThrow(
    'value: found 0.79 + i of the formula real + i',
  );
  expect(texts()).toEqual([]);
});

test.each([
  [{ topic: 'house/#' }, 'a topic without wildcards'],
  [{ topic: 'a', template: '{applause}' }, 'instead of {applause}'],
  [{ topic: 'a', qos: 2 }, '0 or 1'],
])('the options %j are refused', (options, sentence) => {
  expect(faultsOf(mqttOutput.options, options)[0]?.expected).toContain(sentence);
});
