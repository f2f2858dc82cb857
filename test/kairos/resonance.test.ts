import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Grid, Resonance, type ResonanceOptions } from '../../kairos/index.js';
import { between } from './arbitraries.js';
import { angleBetween, type Complex, distance, readVectors, split, unit } from './vectors.js';

interface ResonanceVectors {
  readonly cases: readonly {
    readonly name: string;
    readonly dt: number;
    readonly tau_max: number;
    readonly window: number;
    readonly omega: number;
    readonly phi: readonly Complex[];
    readonly resonance: readonly {
      readonly tau: number;
      readonly T: Complex;
      readonly power: number;
      readonly n_eff: number;
    }[];
  }[];
}

const { cases } = readVectors<ResonanceVectors>('resonance');

function create(options: Partial<ResonanceOptions> = {}): Resonance {
  return new Resonance({ periodSeconds: 0.1, tauBaseSeconds: 0.1, tauMaxSeconds: 6, ...options });
}

function feed(resonance: Resonance, steps: number, phi: (step: number) => Complex): void {
  for (let step = 0; step < steps; step++) {
    const { real, imag } = phi(step);
    resonance.push(real, imag);
  }
}

function compare(resonance: Resonance, expected: (typeof cases)[number]['resonance']): void {
  resonance.measure();
  expect(resonance.tauSeconds.length).toBe(expected.length);
  let worst = 0;
  for (const [at, { tau, T, power, n_eff }] of expected.entries()) {
    const found = { real: resonance.real[at] as number, imag: resonance.imag[at] as number };
    worst = Math.max(worst, distance(found, T), Math.abs((resonance.tauSeconds[at] as number) - tau));
    worst = Math.max(worst, Math.abs((resonance.power[at] as number) - power));
    worst = Math.max(worst, Math.abs((resonance.effective[at] as number) - n_eff));
  }
  expect(worst).toBeLessThan(1e-9);
}

describe.each(cases)('the independent case $name', (vector) => {
  const options = {
    periodSeconds: vector.dt,
    tauBaseSeconds: vector.dt,
    tauMaxSeconds: vector.tau_max,
    windowSeconds: vector.window,
    omega: vector.omega,
  };

  test('agrees to 1e-9', () => {
    const resonance = create(options);
    resonance.start(0, 0);
    feed(resonance, vector.phi.length, (step) => vector.phi[step] as Complex);
    compare(resonance, vector.resonance);
  });

  test('agrees to 1e-9 through the grid', () => {
    const resonance = create(options);
    const grid = new Grid({ periodSeconds: vector.dt, windowSeconds: vector.window }, resonance);
    for (const [step, z] of vector.phi.entries()) grid.push(z.real, z.imag, ...split(step * vector.dt));
    grid.finish();
    compare(resonance, vector.resonance);
  });

  test('agrees to 1e-9 after a start afresh', () => {
    const resonance = create(options);
    feed(resonance, 777, (step) => unit(step * step));
    resonance.measure();
    resonance.start(0, 0);
    feed(resonance, vector.phi.length, (step) => vector.phi[step] as Complex);
    compare(resonance, vector.resonance);
  });
});

describe('closed forms', () => {
  test('exp(i W t) has |T| = 1 and arg T = W tau on every lag that averages over less than a turn', () => {
    for (const omega of [-2, 0.3, 1.7]) {
      const resonance = create({ tauMaxSeconds: 20 });
      feed(resonance, 4000, (step) => unit(omega * step * 0.1));
      resonance.measure();
      for (const [at, tau] of resonance.tauSeconds.entries()) {
        const angle = Math.atan2(resonance.imag[at] as number, resonance.real[at] as number);
        expect(resonance.power[at]).toBeCloseTo(1, 9);
        expect(angleBetween(angle, omega * tau)).toBeLessThan(1e-6);
      }
    }
  });

  test('a chirp exp(i k t^2/2) has its ridge at omega = -k tau', () => {
    const [rate, tau, dt] = [0.8, 0.96, 0.02];
    const power = (omega: number): number => {
      const options = { periodSeconds: dt, tauBaseSeconds: dt, tauMaxSeconds: 2, windowSeconds: 6, omega };
      const resonance = create(options);
      resonance.start(0, 0);
      // |v| grows with the chirp's frequency; within the window it hardly does.
      feed(resonance, 4000, (step) => unit((rate * (step * dt) ** 2) / 2));
      resonance.measure();
      const at = resonance.tauSeconds.findIndex((lag) => Math.abs(lag - tau) < 1e-9);
      return resonance.power[at] as number;
    };
    const ridge = power(-rate * tau);
    expect(ridge).toBeGreaterThan(0.8);
    for (const off of [-3, -1.6, 1.6, 3]) expect(power(-rate * tau + off)).toBeLessThan(ridge / 10);
  });

  test('the lag dt of differenced noise has |T|^2 = 0.25', () => {
    const resonance = create({ tauMaxSeconds: 1000 });
    const angle = (step: number): number => 1e4 * Math.sin(step * step + step);
    feed(resonance, 50_000, (step) => unit(angle(step)));
    resonance.measure();
    expect(resonance.power[0]).toBeCloseTo(0.25, 1);
  });

  test('today and 1970 have the same |T|, and omega turns T by the start alone', () => {
    const phi = (step: number): Complex => unit(Math.sin(step / 7) + step / 11);
    const [then, now] = [create({ omega: 1.5 }), create({ omega: 1.5 })];
    then.start(0, 0);
    now.start(1_800_000_000, 0.25);
    for (const resonance of [then, now]) {
      feed(resonance, 2000, phi);
      resonance.measure();
    }
    // 2 pi times the cycles that the double omega/(2 pi) has turned by then, in whole numbers.
    const hertz = 1.5 / (2 * Math.PI);
    const turned = Number((BigInt(hertz * 2 ** 60) * 1_800_000_000n) % 2n ** 60n) / 2 ** 60 + hertz / 4;
    const rotation = unit(2 * Math.PI * turned);
    let worst = 0;
    for (const at of then.tauSeconds.keys()) {
      const [real, imag] = [then.real[at] as number, then.imag[at] as number];
      const expected = {
        real: real * rotation.real - imag * rotation.imag,
        imag: real * rotation.imag + imag * rotation.real,
      };
      worst = Math.max(
        worst,
        distance({ real: now.real[at] as number, imag: now.imag[at] as number }, expected),
      );
    }
    expect(worst).toBeLessThan(1e-9);
  });
});

describe('laws', () => {
  const values = fc.array(fc.tuple(between(-0.7, 0.7), between(-0.7, 0.7)), { minLength: 0, maxLength: 300 });
  const omegas = between(-20, 20);

  test('|T| <= 1 and n_eff is at least 0, whatever the signal', () => {
    fc.assert(
      fc.property(values, omegas, fc.integer({ min: 1, max: 60 }), (signal, omega, held) => {
        const resonance = create({ omega, tauMaxSeconds: 30, windowSeconds: 5 });
        resonance.start(1_800_000_000, 0.5);
        let greatest = 0;
        for (const [real, imag] of signal) {
          for (let hold = 0; hold < held; hold += 20) resonance.push(real, imag);
          resonance.measure();
          greatest = Math.max(greatest, ...resonance.power);
          for (const at of resonance.real.keys()) {
            const magnitude = Math.hypot(resonance.real[at] as number, resonance.imag[at] as number);
            greatest = Math.max(greatest, magnitude - 2e-16);
          }
        }
        expect(greatest).toBeLessThanOrEqual(1);
        expect(Math.min(...resonance.effective)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 50 },
    );
  });

  test('a common rotation and scale of phi change no |T|', () => {
    fc.assert(
      fc.property(values, between(-4, 4), between(0.2, 1), (signal, rad, scale) => {
        const [plain, turned] = [create(), create()];
        const { real: cosine, imag: sine } = unit(rad);
        for (const [real, imag] of signal) {
          // Movements about as small as the border between still and moving would be decided by rounding.
          const [x, y] = [Math.round(real * 1e3) / 1e3, Math.round(imag * 1e3) / 1e3];
          plain.push(x, y);
          turned.push(scale * (x * cosine - y * sine), scale * (x * sine + y * cosine));
        }
        plain.measure();
        turned.measure();
        let worst = 0;
        for (const at of plain.power.keys()) {
          worst = Math.max(worst, Math.abs((plain.power[at] as number) - (turned.power[at] as number)));
          worst = Math.max(
            worst,
            Math.abs((plain.effective[at] as number) - (turned.effective[at] as number)),
          );
        }
        expect(worst).toBeLessThan(1e-6);
      }),
      { numRuns: 50 },
    );
  });
});

describe("the node's resonance", () => {
  test('is the smallest of tied lags from tau_base on', () => {
    const resonance = create({ tauBaseSeconds: 0.3 });
    feed(resonance, 3000, (step) => unit(step / 10));
    expect(resonance.tauSeconds[resonance.measure()]).toBeCloseTo(0.3, 12);
    expect(resonance.collapsed).toBe(true);
    resonance.setTauBase(1.1);
    expect(resonance.tauSeconds[resonance.measure()]).toBeCloseTo(1.1, 12);
    resonance.setTauBase(6);
    expect(resonance.tauSeconds[resonance.measure()]).toBeCloseTo(6, 12);
    for (let turn = 1; turn < 40; turn++) {
      const tied = create();
      feed(tied, 500, (step) => unit((step * turn) / 100));
      expect(tied.measure()).toBe(0);
    }
  });

  test('is the period of what repeats itself', () => {
    const resonance = create({ tauBaseSeconds: 0.5, tauMaxSeconds: 10, windowSeconds: 60 });
    // A hop around five points of the circle, drawn once, every 1.2 s.
    const hops = [0.3, 2.9, -1.1, 1.7, -2.4, 0.9, 3.1, -0.4, 2.2, -1.9, 1.2, -2.8];
    feed(resonance, 3000, (step) => unit(hops[step % 12] as number));
    expect(resonance.tauSeconds[resonance.measure()]).toBeCloseTo(1.2, 12);
    expect(resonance.collapsed).toBe(true);
  });

  test('needs 16 independent pairs', () => {
    const resonance = create();
    expect(resonance.measure()).toBe(-1);
    // 18 phases are 17 velocities and 16 pairs at the shortest lag, which the window makes a little less of.
    feed(resonance, 18, (step) => unit(step / 10));
    expect(resonance.measure()).toBe(-1);
    expect(resonance.effective[0]).toBeCloseTo(16, 1);
    resonance.push(Math.cos(1.8), Math.sin(1.8));
    expect(resonance.measure()).toBe(0);
  });

  test('collapses at I_c', () => {
    const resonance = create();
    feed(resonance, 1000, (step) => unit(step / 10 + 0.001 * Math.sin(step * step)));
    const power = resonance.power[resonance.measure()] as number;
    expect(power).toBeGreaterThan(0.99);
    expect(power).toBeLessThan(1);
    resonance.setCollapse(1);
    expect(resonance.collapsed).toBe(false);
    resonance.setCollapse(power);
    expect(resonance.collapsed).toBe(true);
  });

  test('does not exist for a single sample, a constant signal, or before anything came', () => {
    const resonance = create();
    for (let step = 0; step < 2000; step++) {
      resonance.push(0.3, 0.4);
      if (step % 100 === 0) expect(resonance.measure()).toBe(-1);
    }
    expect(Math.max(...resonance.power, ...resonance.effective)).toBe(0);
    expect(resonance.collapsed).toBe(false);
  });

  test('passes over what is not finite', () => {
    const [resonance, plain] = [create(), create()];
    for (let step = 0; step < 100; step++) {
      const { real, imag } = unit(step / 3);
      plain.push(real, imag);
      resonance.push(real, imag);
      expect(resonance.push(Number.NaN, 0)).toBe(false);
      expect(resonance.push(0, Number.NEGATIVE_INFINITY)).toBe(false);
    }
    expect(resonance.measure()).toBe(plain.measure());
    expect(resonance.power).toEqual(plain.power);
  });
});

test('the ladder grows with the logarithm of tau_max', () => {
  const lags = [0.1, 1.5, 1.51, 3, 3.01, 3600, 36_000].map(
    (tauMaxSeconds) => create({ tauMaxSeconds }).tauSeconds.length,
  );
  expect(lags).toEqual([15, 15, 23, 23, 31, 15 + 8 * 12, 15 + 8 * 15]);
  expect(create({ tauMaxSeconds: 0.1 * 3 * 5 }).tauSeconds.length).toBe(15);
});

test.each([
  [{ tauMaxSeconds: 0.05 }, /below the grid's period/],
  [{ tauMaxSeconds: Number.POSITIVE_INFINITY }, /tau_max/],
  [{ tauMaxSeconds: 1e13 }, /levels/],
  [{ periodSeconds: 0 }, /period must be/],
  [{ periodSeconds: Number.NaN }, /period must be/],
  [{ windowSeconds: 0 }, /window/],
  [{ windowSeconds: Number.NaN }, /window/],
  [{ omega: Number.NaN }, /omega/],
  [{ tauBaseSeconds: 0 }, /tau_base/],
  [{ tauBaseSeconds: 7 }, /tau_base/],
  [{ collapse: 0 }, /collapse/],
  [{ collapse: 1.1 }, /collapse/],
])('refuses %p with a reason', (options, reason) => {
  expect(() => create(options)).toThrow(RangeError);
  expect(() => create(options)).toThrow(reason);
});
