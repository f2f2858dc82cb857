import { describe, expect, test } from '@jest/globals';
import { Resonance } from '../../kairos/index.js';
import { createRandom, type Random } from './random.js';
import type { Complex } from './vectors.js';

// Within jest every use of a global costs a tenth of a microsecond.
const { cos, sin, PI } = Math;

const isLong = process.env.BECOMINGONE_LONG === '1';
const SAMPLES = isLong ? 1_000_000 : 100_000;

type Noise = (random: Random) => () => Complex;

const onCircle = (rad: number): Complex => ({ real: cos(rad), imag: sin(rad) });

/** A first-order autoregression in both parts, of a spread that stays in the disc. */
function autoregression(memory: number): Noise {
  return (random) => {
    const spread = 0.2 * Math.sqrt(1 - memory * memory);
    let [real, imag] = [0, 0];
    return () => {
      real = memory * real + spread * random.normal();
      imag = memory * imag + spread * random.normal();
      return { real, imag };
    };
  };
}

function phaseWalk(stepRad: number): Noise {
  return (random) => {
    let rad = 0;
    return () => {
      rad += stepRad * random.normal();
      return onCircle(rad);
    };
  };
}

/** Holds a fresh random phase for a random while. */
function rareJumps(meanSteps: number): Noise {
  return (random) => {
    let value = onCircle(0);
    return () => {
      if (random.uniform() < 1 / meanSteps) value = onCircle(2 * PI * random.uniform());
      return value;
    };
  };
}

/** A sensor that is read more slowly than the grid asks. */
function heldValues(steps: number): Noise {
  return (random) => {
    let value = onCircle(0);
    let step = 0;
    return () => {
      if (step++ % steps === 0) value = onCircle(2 * PI * random.uniform());
      return value;
    };
  };
}

/** How often a node collapses, asked every 2 s of its 120 s window, and the greatest |T|^2 it had. */
function collapses(
  noise: () => Complex,
  tauMaxSeconds: number,
  samples: number,
): { count: number; greatest: number } {
  const resonance = new Resonance({ periodSeconds: 0.1, tauBaseSeconds: 1, tauMaxSeconds });
  let count = 0;
  let greatest = 0;
  for (let sample = 0; sample < samples; sample++) {
    const { real, imag } = noise();
    resonance.push(real, imag);
    if (sample % 20 !== 0) continue;
    const best = resonance.measure();
    if (best >= 0) greatest = Math.max(greatest, resonance.power[best] as number);
    if (resonance.collapsed) count++;
  }
  return { count, greatest };
}

describe('no false collapse', () => {
  const noises: readonly (readonly [string, Noise])[] = [
    ['white noise of phase', (random) => () => onCircle(2 * PI * random.uniform())],
    [
      'white noise in both parts',
      (random) => () => ({ real: 0.2 * random.normal(), imag: 0.2 * random.normal() }),
    ],
    ['a phase random walk', phaseWalk(0.3)],
    ['a slow phase random walk', phaseWalk(0.01)],
    ['AR(1) noise of 0.5', autoregression(0.5)],
    ['AR(1) noise of 0.95', autoregression(0.95)],
    ['values held for 5 steps', heldValues(5)],
    ['values held for 40 steps', heldValues(40)],
    ['rare jumps', rareJumps(50)],
    ['very rare jumps', rareJumps(2000)],
  ];

  test.each(noises)(
    'of %s at tau_max = 60 s',
    (name, noise) => {
      const { count, greatest } = collapses(noise(createRandom(name.length)), 60, SAMPLES);
      expect({ count, greatest: greatest < 0.8 }).toEqual({ count: 0, greatest: true });
    },
    isLong ? 300_000 : 20_000,
  );
});

describe('a sensor that freezes', () => {
  const create = (): Resonance =>
    new Resonance({ periodSeconds: 0.05, tauBaseSeconds: 0.1, tauMaxSeconds: 5, windowSeconds: 10 });

  test('releases a tone within 10 s of a 10 s window, and for good', () => {
    const resonance = create();
    let step = 0;
    for (; step < 2000; step++) resonance.push(cos(step / 8), sin(step / 8));
    resonance.measure();
    expect(resonance.collapsed).toBe(true);
    const [real, imag] = [cos(step / 8), sin(step / 8)];
    let released = Number.POSITIVE_INFINITY;
    for (let frozen = 0; frozen < 40_000; frozen++) {
      resonance.push(real, imag);
      resonance.measure();
      if (!resonance.collapsed) released = Math.min(released, frozen * 0.05);
      else if (frozen * 0.05 > 10) released = Number.POSITIVE_INFINITY;
    }
    expect(released).toBeLessThan(10);
  });

  test('never collapses by what it left behind', () => {
    const random = createRandom(3);
    const resonance = create();
    let count = 0;
    for (let round = 0; round < 40; round++) {
      for (let step = 0; step < 400; step++) {
        const rad = 2 * PI * random.uniform();
        resonance.push(cos(rad), sin(rad));
      }
      for (let step = 0; step < 400; step++) {
        resonance.push(0.6, 0.8);
        resonance.measure();
        if (resonance.collapsed) count++;
      }
    }
    expect(count).toBe(0);
  });

  test('leaves nothing behind, however long it stands still', () => {
    const resonance = create();
    for (let step = 0; step < 1000; step++) resonance.push(cos(step * step), sin(step * step));
    for (let step = 0; step < 300_000; step++) resonance.push(0.6, 0.8);
    resonance.measure();
    expect(Math.max(...resonance.power)).toBe(0);
    expect(Math.max(...resonance.effective)).toBe(0);
  });
});
