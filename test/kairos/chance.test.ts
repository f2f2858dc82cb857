import { describe, expect, test } from '@jest/globals';
import { createEmergenceRule, MeshSums, meshOrder, rayleighPChance } from '../../kairos/index.js';
import { createRandom } from './random.js';

const MESHES = 100_000;
// Within jest every use of a global costs a tenth of a microsecond.
const { cos, sin, PI } = Math;

/** p_chance of many meshes of random phases and equal weights, sorted. */
function pOfRandomMeshes(nodes: number, seed: number): Float64Array {
  const random = createRandom(seed);
  const found = new Float64Array(MESHES);
  const sums = new MeshSums();
  const common = { nodes, weight: nodes, coherence: nodes, phase: { real: 0, imag: 0 } };
  for (let mesh = 0; mesh < MESHES; mesh++) {
    const direction = { real: 0, imag: 0 };
    for (let node = 0; node < nodes; node++) {
      const angleRad = 2 * PI * random.uniform();
      direction.real += cos(angleRad);
      direction.imag += sin(angleRad);
    }
    sums.clear();
    sums.merge({ ...common, angle: { nodes, weight: nodes, weight_squared: nodes, direction } });
    found[mesh] = meshOrder(sums).pChance;
  }
  return found.sort();
}

/** The greatest of |share of p_chance below p - p| over all p, beyond `sigmas` times the counting error. */
function worstExcess(sorted: Float64Array, sigmas: number): number {
  let worst = 0;
  for (const [at, p] of sorted.entries()) {
    const counting = sigmas * Math.sqrt((p * (1 - p)) / MESHES);
    worst = Math.max(worst, Math.abs(at / MESHES - p) - counting, Math.abs((at + 1) / MESHES - p) - counting);
  }
  return worst;
}

describe('false emergence: the share of random meshes with p_chance below p is p', () => {
  test.each([
    [2, 0.15],
    [3, 0.04],
    [4, 0.02],
    [5, 0.01],
  ])('within its known error at N = %d', (nodes, error) => {
    expect(worstExcess(pOfRandomMeshes(nodes, nodes), 0)).toBeLessThan(error);
  });

  test.each([8, 20, 50])('within counting error at N = %d', (nodes) => {
    const sorted = pOfRandomMeshes(nodes, nodes);
    for (const p of [0.001, 0.005, 0.01, 0.05, 0.1, 0.2, 0.5, 0.9]) {
      const share = sorted.findLastIndex((found) => found < p) + 1;
      expect(Math.abs(share / MESHES - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / MESHES));
    }
  });
});

describe('rayleighPChance', () => {
  test('keeps its digits where p is tiny, and is 1 where nothing agrees', () => {
    expect(rayleighPChance(10, 0)).toBe(1);
    expect(rayleighPChance(200, 0.4662497874151767)).toBeLessThan(1e-18);
    expect(rayleighPChance(1e6, 1)).toBe(0);
    for (const [n, r] of [
      [5, 0.3],
      [10, 0.7],
      [40, 0.5],
    ] as const) {
      const plain = Math.exp(Math.sqrt(1 + 4 * n + 4 * (n * n - (n * r) ** 2)) - (1 + 2 * n));
      expect(rayleighPChance(n, r)).toBeCloseTo(plain, 12);
    }
  });

  test.each([
    [0, 0.5],
    [-1, 0.5],
    [Number.NaN, 0.5],
    [5, 1.5],
    [5, -0.1],
    [5, Number.NaN],
  ])('refuses n = %d, r = %d', (nodes, magnitude) => {
    expect(() => rayleighPChance(nodes, magnitude)).toThrow(/it must be/);
  });
});

describe('the emergence rule', () => {
  test("is the seed's alone by default: coherence > threshold, strictly", () => {
    const isUnified = createEmergenceRule({ threshold: 0.75 });
    expect(isUnified(false, 0.75, 1, 1, 1)).toBe(false);
    expect(isUnified(false, 0.7500001, 1, 1, 1)).toBe(true);
    expect(isUnified(true, 0.75, 1, 1, 1)).toBe(false);
    expect(isUnified(true, 0.99, 0, 1, 0)).toBe(false);
  });

  test('with hysteresis stays until coherence is at most threshold - hysteresis', () => {
    const isUnified = createEmergenceRule({ threshold: 0.75, hysteresis: 0.25 });
    expect(isUnified(false, 0.7, 5, 1, 5)).toBe(false);
    expect(isUnified(true, 0.7, 5, 1, 5)).toBe(true);
    expect(isUnified(true, 0.5, 5, 1, 5)).toBe(false);
    expect(isUnified(true, 0.50001, 5, 1, 5)).toBe(true);
  });

  test('asks for live nodes', () => {
    const isUnified = createEmergenceRule({ threshold: 0.5, minNodes: 3 });
    expect(isUnified(true, 0.9, 2, 0, 2)).toBe(false);
    expect(isUnified(false, 0.9, 3, 1, 3)).toBe(true);
  });

  test('asks for p_chance, which is never met below five effective nodes', () => {
    const isUnified = createEmergenceRule({ threshold: 0.5, pChance: 0.01 });
    expect(isUnified(false, 0.9, 10, 0.011, 10)).toBe(false);
    expect(isUnified(false, 0.9, 10, 0.01, 10)).toBe(true);
    expect(isUnified(false, 0.9, 10, 0.001, 4.9)).toBe(false);
    expect(isUnified(true, 0.9, 4, 0.001, 4)).toBe(false);
    expect(isUnified(false, 0.9, 5, 0.001, 0.5 ** 2 / (5 * 0.1 ** 2))).toBe(true);
  });

  test.each([
    { threshold: 1.1 },
    { threshold: Number.NaN },
    { threshold: 0.5, hysteresis: 0.6 },
    { threshold: 0.5, hysteresis: -0.1 },
    { threshold: 0.5, minNodes: 0 },
    { threshold: 0.5, minNodes: 1.5 },
    { threshold: 0.5, pChance: 0 },
    { threshold: 0.5, pChance: 2 },
  ])('refuses %p with a reason', (options) => {
    expect(() => createEmergenceRule(options)).toThrow(/it must be/);
  });
});
