import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { topicInput } from '../../../adapters/input/mqtt-input.js';
import { createInputBench, describeInput, type InputBench } from './input-suite.js';

const MESSAGES = ['21.5', '{"value": -3}', '{"real": 0.5, "imag": 1}', 'NaN'];

describeInput(topicInput, async () => ({
  options: {},
  feed({ send }) {
    for (const message of MESSAGES) send(message);
  },
}));

function listening(): InputBench & { stop(): void } {
  const bench = createInputBench();
  const stop = new AbortController();
  void topicInput.create({}, bench.context).run(stop.signal);
  return { ...bench, stop: () => stop.abort() };
}

test.each([
  ['21.5', { value: 21.5 }],
  [' -3e2\n', { value: -300 }],
  ['{"value": 7}', { value: 7 }],
  ['{"value": 7, "unit": "C"}', { value: 7 }],
  ['{"value": 7, "timestamp": 0.25}', { value: 7, at: { wholeSeconds: 0, fraction: 0.25 } }],
  [
    '{"value": 7, "timestamp": "2026-02-19T23:00:00.123456789Z"}',
    { value: 7, at: { wholeSeconds: 1771542000, fraction: 0.123456789 } },
  ],
  ['{"real": 0.5, "imag": -1}', { value: 0.5, imag: -1 }],
  ['{"real": 0, "imag": 0, "timestamp": 3}', { value: 0, imag: 0, at: { wholeSeconds: 3, fraction: 0 } }],
])('reads %s', (text, reading) => {
  const bench = listening();
  bench.send(text);
  expect(bench.readings).toEqual([reading]);
  expect(bench.rejections).toEqual([]);
  bench.stop();
});

test.each([
  ['', 'found ""'],
  ['banana', 'found "banana", expected a number'],
  ['NaN', 'found "NaN"'],
  ['0x10', 'found "0x10"'],
  ['{"value": "21"}', 'value: found "21", expected a finite number'],
  ['{"value": 1e999}', 'value: found Infinity, expected a finite number'],
  ['{"real": 1}', 'imag: found nothing, expected a finite number'],
  ['{"value": 1, "timestamp": "yesterday"}', 'timestamp: found "yesterday", expected an ISO 8601'],
  ['{"value": 1', 'which is not JSON'],
])('refuses %s', (text, reason) => {
  const bench = listening();
  bench.send(text);
  expect(bench.readings).toEqual([]);
  expect(bench.rejections).toEqual([expect.stringContaining(reason)]);
  bench.stop();
});

test('whatever comes gives a finite reading or a reason', () => {
  const bench = listening();
  const said = (): number => bench.readings.length + bench.rejections.length;
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.double().map(String)), (text) => {
      const before = said();
      bench.send(text);
      expect(said()).toBe(before + 1);
    }),
  );
  for (const { value, imag = 0 } of bench.readings) expect(Number.isFinite(value + imag)).toBe(true);
  bench.stop();
});
