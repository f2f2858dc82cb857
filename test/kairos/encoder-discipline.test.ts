import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  carriesAngle,
  createLevelEncoder,
  createPairEncoder,
  createPulseEncoder,
  createRhythmEncoder,
  createTokenEncoder,
  createTrendEncoder,
  ENCODER_NAMES,
  type Encoder,
} from '../../kairos/index.js';

const creators: Record<string, () => Encoder> = {
  level: () => createLevelEncoder({ min: 0, max: 100 }),
  token: () => createTokenEncoder({ context: 1000 }),
  pair: () => createPairEncoder(),
  trend: () => createTrendEncoder({ tauBaseSeconds: 1 }),
  rhythm: () => createRhythmEncoder({ frequencyHz: 1, bandwidthHz: 0.2 }),
  pulse: () => createPulseEncoder(),
};

describe.each(Object.entries(creators))('%s', (name, create) => {
  test('knows its name and whether it carries an angle', () => {
    expect(create().name).toBe(name);
    expect(create().carriesAngle).toBe(carriesAngle(name));
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'rejects and counts %d',
    (bad) => {
      const encoder = create();
      expect(encoder.encode(0.5, -0.5, 100, 0)).toBe(true);
      const { real, imag } = encoder;
      expect(encoder.encode(bad, -0.5, 101, 0)).toBe(false);
      expect(encoder.encode(0.5, -0.5, bad, 0)).toBe(false);
      expect(encoder.encode(0.5, -0.5, 101, bad)).toBe(false);
      expect(encoder).toMatchObject({ rejected: 3, real, imag });
      expect(encoder.rejection).toMatch(/not a finite number/);
    },
  );

  test('rejects a repeated and a slightly earlier time, and keeps its phase', () => {
    const encoder = create();
    encoder.encode(0.5, -0.5, 100, 0.9);
    encoder.encode(0.6, -0.4, 101, 0.5);
    const { real, imag } = encoder;
    expect(encoder.encode(0.1, -0.1, 101, 0.5)).toBe(false);
    expect(encoder.encode(0.1, -0.1, 101, 0.25)).toBe(false);
    expect(encoder.encode(0.1, -0.1, 100, 0.5)).toBe(false);
    expect(encoder).toMatchObject({ rejected: 3, real, imag, dtSeconds: expect.closeTo(0.6, 12) });
    expect(encoder.encode(0.1, -0.1, 101, 0.75)).toBe(true);
    expect(encoder.dtSeconds).toBe(0.25);
  });

  test('starts afresh when time goes back by more than 1 s', () => {
    const encoder = create();
    for (let second = 0; second < 60; second++) encoder.encode(Math.cos(second), -0.5, 1000 + second, 0);
    expect(encoder.restarted).toBe(false);
    expect(encoder.encode(0.5, -0.5, 500, 0)).toBe(true);
    const fresh = create();
    fresh.encode(0.5, -0.5, 500, 0);
    expect(encoder).toMatchObject({ restarted: true, dtSeconds: 0, real: fresh.real, imag: fresh.imag });
    encoder.encode(0.7, -0.2, 500, 0.1);
    fresh.encode(0.7, -0.2, 500, 0.1);
    expect(encoder).toMatchObject({ restarted: false, dtSeconds: 0.1, real: fresh.real, imag: fresh.imag });
  });

  test('reset forgets readings and keeps counts', () => {
    const encoder = create();
    encoder.encode(0.5, -0.5, 100, 0);
    encoder.encode(Number.NaN, 0, 101, 0);
    encoder.reset();
    expect(encoder).toMatchObject({ real: 0, imag: 0, dtSeconds: 0, rejected: 1 });
    expect(encoder.encode(0.5, -0.5, 50, 0)).toBe(true);
    expect(encoder.restarted).toBe(true);
  });

  test('a constant signal and a single reading have a defined phase', () => {
    const encoder = create();
    for (let reading = 0; reading < 100; reading++) {
      expect(encoder.encode(0.5, -0.5, 100 + reading, 0)).toBe(true);
      expect(Number.isFinite(encoder.real + encoder.imag)).toBe(true);
    }
  });

  test('never leaves the unit disc, and counts what it rejects', () => {
    const reading = fc.tuple(fc.double(), fc.double(), fc.double({ min: 0, max: 5, noNaN: true }));
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 60 }), (readings) => {
        const encoder = create();
        let seconds = 1_800_000_000;
        let greatest = 0;
        let refused = 0;
        for (const [real, imag, dt] of readings) {
          seconds += dt;
          if (!encoder.encode(real, imag, Math.floor(seconds), seconds - Math.floor(seconds))) refused++;
          greatest = Math.max(greatest, Math.hypot(encoder.real, encoder.imag));
        }
        expect(encoder.rejected).toBe(refused);
        expect(greatest).toBeLessThanOrEqual(1 + 1e-15);
      }),
      { numRuns: 300 },
    );
  });

  test('goes on after a reading whose square overflows', () => {
    const encoder = create();
    const fresh = create();
    encoder.encode(0, -0.5, 100, 0);
    encoder.encode(1e300, -0.5, 100, 0.5);
    encoder.encode(-1e308, -0.5, 101, 0);
    for (let step = 0; step < 4000; step++) {
      const phase = 0.05 * step;
      encoder.encode(Math.cos(phase), -0.5, 102 + Math.floor(step / 10), (step % 10) / 10);
      if (step >= 4) fresh.encode(Math.cos(phase), -0.5, 102 + Math.floor(step / 10), (step % 10) / 10);
    }
    expect(encoder.real).toBeCloseTo(fresh.real, 3);
    expect(encoder.imag).toBeCloseTo(fresh.imag, 3);
  });
});

test('only level and token carry no angle', () => {
  expect(ENCODER_NAMES.filter((name) => !carriesAngle(name))).toEqual(['level', 'token']);
  expect(carriesAngle('oscillator')).toBe(true);
});

test('level clips to its range and counts it', () => {
  const encoder = createLevelEncoder({ min: -10, max: 30 });
  const levels = [-10, 0, 30, -11, 31, 1e200].map((reading, second) => {
    encoder.encode(reading, Number.NaN, second, 0);
    return [encoder.real, encoder.imag, encoder.limited];
  });
  expect(levels).toEqual([
    [0, 0, 0],
    [0.25, 0, 0],
    [1, 0, 0],
    [0, 0, 1],
    [1, 0, 2],
    [1, 0, 3],
  ]);
});

test('token is position over context, and the lack of confidence', () => {
  const encoder = createTokenEncoder({ context: 1000 });
  encoder.encode(250, Math.log(0.75), 0, 0);
  expect([encoder.real, encoder.imag]).toEqual([0.25, expect.closeTo(0.25, 12)]);
  encoder.encode(0, -9999, 1, 0);
  expect([encoder.real, encoder.imag]).toEqual([0, 1]);
  expect(encoder.limited).toBe(0);
  encoder.encode(-5, 0.5, 2, 0);
  expect([encoder.real, encoder.imag]).toEqual([0, -0]);
  encoder.encode(1000, -9999, 3, 0);
  expect([encoder.real, encoder.imag]).toEqual([expect.closeTo(Math.SQRT1_2), expect.closeTo(Math.SQRT1_2)]);
  expect(encoder.limited).toBe(2);
  expect(encoder.encode(1, Number.NEGATIVE_INFINITY, 4, 0)).toBe(false);
});

test('pair is what was published, limited to the disc', () => {
  const encoder = createPairEncoder();
  encoder.encode(0.6, -0.8, 0, 0);
  expect(encoder).toMatchObject({ real: 0.6, imag: -0.8, limited: 0 });
  encoder.encode(3, 4, 1, 0);
  expect(encoder).toMatchObject({ real: expect.closeTo(0.6), imag: expect.closeTo(0.8), limited: 1 });
  encoder.encode(1e308, 1e308, 2, 0);
  expect(encoder).toMatchObject({ real: expect.closeTo(Math.SQRT1_2), imag: expect.closeTo(Math.SQRT1_2) });
  expect(encoder.encode(0, Number.NaN, 3, 0)).toBe(false);
});

test.each([
  ['level', () => createLevelEncoder({ min: 1, max: 1 })],
  ['level', () => createLevelEncoder({ min: 2, max: 1 })],
  ['level', () => createLevelEncoder({ min: Number.NaN, max: 1 })],
  ['level', () => createLevelEncoder({ min: -1e308, max: 1e308 })],
  ['token', () => createTokenEncoder({ context: 0 })],
  ['token', () => createTokenEncoder({ context: Number.POSITIVE_INFINITY })],
  ['trend', () => createTrendEncoder({ tauBaseSeconds: 0 })],
  ['trend', () => createTrendEncoder({ tauBaseSeconds: 1, memorySeconds: -1 })],
  ['trend', () => createTrendEncoder({ tauBaseSeconds: 1 }).retune({ tauBaseSeconds: Number.NaN })],
  ['rhythm', () => createRhythmEncoder({ frequencyHz: 0, bandwidthHz: 0.1 })],
  ['rhythm', () => createRhythmEncoder({ frequencyHz: 1, bandwidthHz: 1.01 })],
  ['rhythm', () => createRhythmEncoder({ frequencyHz: 1, bandwidthHz: 0 })],
  ['rhythm', () => createRhythmEncoder({ frequencyHz: Number.NaN, bandwidthHz: 1 })],
])('%s refuses nonsense with a reason', (_, create) => {
  expect(create).toThrow(RangeError);
  expect(create).toThrow(/; (it|min) must be /);
});
