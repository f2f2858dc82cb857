import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { instantFromSeconds, parseTimestamp, secondsBetween } from '../../contract/instant.js';
import { readInputMessage } from '../../contract/payloads/input.js';
import { createPhaseReading, readPhase } from '../../sync-worker/read-phase.js';

const reasonFor = (payload: string | Buffer, node = 'kitchen'): string | null =>
  readPhase(node, Buffer.from(payload), createPhaseReading());

describe('a phase message that is not one is refused with what was found and what was expected', () => {
  test.each([
    ['hello', 'found "hello", which is not JSON, expected a JSON object'],
    ['', 'which is not JSON'],
    ['3', 'found 3, expected an object'],
    ['null', 'found null, expected an object'],
    ['{"phase": 0.5}', 'phase: found 0.5, expected an object'],
    ['{}', 'phase: found nothing, expected an object'],
    ['{"phase": {"real": 0.5}}', 'phase.imag: found nothing, expected a finite number'],
    ['{"phase": {"real": "0.5", "imag": 0}}', 'phase.real: found "0.5", expected a finite number'],
    ['{"phase": {"real": NaN, "imag": 0}}', 'which is not JSON'],
    ['{"phase": {"real": 1e999, "imag": 0}}', 'phase.real: found Infinity, expected a finite number'],
    [
      '{"phase": {"real": 0.9, "imag": 0.9}}',
      'phase: found {"real":0.9,"imag":0.9}, expected a phase of magnitude at most 1',
    ],
    ['{"phase": {"real": 1.00001, "imag": 0}}', 'expected a phase of magnitude at most 1'],
    [
      '{"phase": {"real": 0, "imag": 0}, "coherence": 1.1}',
      'coherence: found 1.1, expected a number from 0 to 1',
    ],
    [
      '{"phase": {"real": 0, "imag": 0}, "coherence": -0.1}',
      'coherence: found -0.1, expected a number from 0 to 1',
    ],
    [
      '{"phase": {"real": 0, "imag": 0}, "coherence": null}',
      'coherence: found null, expected a finite number',
    ],
    [
      '{"phase": {"real": 0, "imag": 0}, "timestamp": "yesterday"}',
      'timestamp: found "yesterday", expected an ISO 8601',
    ],
    [
      '{"phase": {"real": 0, "imag": 0}, "node_id": "bath"}',
      'node_id: found "bath", expected the topic\'s node "kitchen"',
    ],
    ['{"phase": {"real": 0, "imag": 0}, "sequence": 1.5}', 'sequence: found 1.5, expected a whole number'],
    [`{"phase": {"real": 0, "imag": 0}, "x": "${'y'.repeat(9000)}"}`, 'bytes, expected at most 8192'],
  ])('%s', (payload, sentence) => {
    expect(reasonFor(payload)).toContain(sentence);
  });
});

test('only phase is needed, rounding is forgiven, unknown keys are ignored', () => {
  const reading = createPhaseReading();
  expect(
    readPhase(
      'kitchen',
      Buffer.from('{"phase": {"real": 0.6, "imag": 0.8, "x": 1}, "mood": "good"}'),
      reading,
    ),
  ).toBeNull();
  expect(reading).toMatchObject({
    real: 0.6,
    imag: 0.8,
    coherence: 1,
    angle: true,
    timestampSeconds: Number.NaN,
  });
  expect(
    readPhase(
      'kitchen',
      Buffer.from(
        '{"phase": {"real": 1.0000000005, "imag": 0}, "coherence": 1.0000000005, "encoder": "level", "timestamp": 5}',
      ),
      reading,
    ),
  ).toBeNull();
  expect(reading).toMatchObject({ coherence: 1, angle: false, timestampSeconds: 5 });
});

test('no bytes at all make the reader throw or let a number through that is not finite', () => {
  const reading = createPhaseReading();
  const payload = fc.oneof(
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    fc
      .record({ phase: fc.record({ real: fc.double(), imag: fc.double() }), coherence: fc.double() })
      .map((one) => Buffer.from(JSON.stringify(one))),
  );
  fc.assert(
    fc.property(payload, (bytes) => {
      if (readPhase('kitchen', bytes, reading) !== null) return;
      expect(Math.hypot(reading.real, reading.imag)).toBeLessThanOrEqual(1 + 1e-8);
      expect(reading.coherence).toBeGreaterThanOrEqual(0);
      expect(reading.coherence).toBeLessThanOrEqual(1);
    }),
    { numRuns: 500 },
  );
});

test('an input is a bare number or an object', () => {
  const read = (text: string) => readInputMessage(text);
  expect(read('21.5')).toEqual({ message: 21.5 });
  expect(read(' -3e2\n')).toEqual({ message: -300 });
  expect(read('.5')).toEqual({ message: 0.5 });
  expect(read('{"value": 21.5, "timestamp": "2026-02-19T23:00:00Z", "unit": "C"}')).toEqual({
    message: { value: 21.5, timestamp: '2026-02-19T23:00:00Z' },
  });
  expect(read('{"real": 0.1, "imag": 0.2}')).toEqual({ message: { real: 0.1, imag: 0.2 } });
  for (const bad of [
    '',
    'warm',
    'NaN',
    'Infinity',
    '0x10',
    '1,5',
    '1e999',
    '{"value": "21"}',
    '{"real": 1}',
    '{',
    '{}',
    '[1]',
    'null',
  ]) {
    expect(read(bad)).toMatchObject({ reason: expect.stringMatching(/found .+ expected /) });
  }
});

test('however many decimals a timestamp has, its fraction stays below a second', () => {
  const { wholeSeconds, fraction } = parseTimestamp('2026-02-19T23:00:00.99999999999999999999Z');
  expect([wholeSeconds, fraction < 1]).toEqual([1771542000, true]);
});

test('timestamps keep nine decimals', () => {
  const a = parseTimestamp('2026-02-19T23:00:00.123456789Z');
  expect(a).toEqual({ wholeSeconds: 1_771_542_000, fraction: 0.123456789 });
  expect(secondsBetween(a, parseTimestamp('2026-02-20T00:00:01.123456790+01:00'))).toBeCloseTo(
    1.000000001,
    12,
  );
  expect(instantFromSeconds(-0.25)).toEqual({ wholeSeconds: -1, fraction: 0.75 });
});
