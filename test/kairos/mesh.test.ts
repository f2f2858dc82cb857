import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Contribution,
  copyContribution,
  createContribution,
  MeshSums,
  meshCoherence,
  meshOrder,
  meshPhase,
  meshResonance,
} from '../../kairos/index.js';
import { between } from './arbitraries.js';
import { createRandom, type Random } from './random.js';
import { type Complex, distance, readVectors } from './vectors.js';

interface MeshVectors {
  readonly cases: readonly {
    readonly nodes: readonly {
      readonly phase: Complex;
      readonly coherence: number;
      readonly weight: number;
    }[];
    readonly expect: {
      readonly phase: Complex;
      readonly coherence: number;
      readonly order?: number;
      readonly mean_phase?: number;
      readonly n_eff?: number;
      readonly p_chance?: number;
    };
  }[];
}

const isLong = process.env.BECOMINGONE_LONG === '1';

function node(change: Partial<Contribution>): Contribution {
  return { ...createContribution(), ...change };
}

function sumsOf(nodes: readonly Contribution[]): MeshSums {
  const sums = new MeshSums();
  for (const contribution of nodes) sums.add(contribution);
  return sums;
}

/** Everything a mesh says of itself, as numbers to compare. */
function state(sums: MeshSums): number[] {
  const phase = meshPhase(sums);
  const order = meshOrder(sums);
  const resonance = meshResonance(sums) ?? { real: -9, imag: -9, power: -9 };
  return [
    sums.nodes,
    phase.real,
    phase.imag,
    meshCoherence(sums),
    order.magnitude,
    order.magnitude * Math.cos(order.angle),
    order.magnitude * Math.sin(order.angle),
    order.pChance,
    order.effectiveNodes,
    resonance.real,
    resonance.imag,
    resonance.power,
  ];
}

function largestDifference(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, at) => Math.abs(value - (b[at] as number))));
}

function randomise(contribution: Contribution, random: Random): void {
  const angleRad = 2 * Math.PI * random.uniform();
  const magnitude = random.uniform() < 0.02 ? 0 : random.uniform();
  contribution.real = magnitude * Math.cos(angleRad);
  contribution.imag = magnitude * Math.sin(angleRad);
  contribution.coherence = random.uniform();
  if (random.uniform() < 0.02) contribution.weight = 1 + Math.floor(4 * random.uniform());
  if (random.uniform() < 0.02) contribution.angle = random.uniform() < 0.8;
  contribution.hasResonance = random.uniform() < 0.7;
  contribution.resonanceReal = random.uniform() - 0.5;
  contribution.resonanceImag = random.uniform() - 0.5;
}

const arbitraryNode = fc
  .record({
    weight: between(0.01, 100),
    rad: between(-4, 4),
    magnitude: between(0, 1),
    coherence: between(0, 1),
    angle: fc.boolean(),
    hasResonance: fc.boolean(),
    resonanceReal: between(-0.7, 0.7),
    resonanceImag: between(-0.7, 0.7),
  })
  .map(({ rad, magnitude, ...rest }) => {
    // Between 0 and 1e-12 lies the border of having a direction; nothing is to be decided there by rounding.
    const size = magnitude < 1e-9 ? 0 : magnitude;
    return { ...rest, real: size * Math.cos(rad), imag: size * Math.sin(rad) };
  });

describe('the state of a mesh', () => {
  test.each(readVectors<MeshVectors>('mesh').cases)('agrees with independent case %# to 1e-9', (vector) => {
    const nodes = vector.nodes.map(({ phase, coherence, weight }) => node({ ...phase, coherence, weight }));
    const sums = sumsOf(nodes);
    const expected = vector.expect;
    expect(distance(meshPhase(sums), expected.phase)).toBeLessThan(1e-9);
    expect(Math.abs(meshCoherence(sums) - expected.coherence)).toBeLessThan(1e-9);
    const order = meshOrder(sums);
    if (expected.order === undefined) {
      expect(order).toEqual({ magnitude: 0, angle: 0, pChance: 1, effectiveNodes: 0 });
      return;
    }
    const found = [order.magnitude, order.angle, order.effectiveNodes, order.pChance];
    const wanted = [expected.order, expected.mean_phase, expected.n_eff, expected.p_chance].map(Number);
    expect(largestDifference(found, wanted)).toBeLessThan(1e-9);
  });

  test('an empty mesh has phase 0, coherence 0, no order and no resonance', () => {
    const sums = new MeshSums();
    expect(meshPhase(sums)).toEqual({ real: 0, imag: 0 });
    expect(meshCoherence(sums)).toBe(0);
    expect(meshOrder(sums)).toEqual({ magnitude: 0, angle: 0, pChance: 1, effectiveNodes: 0 });
    expect(meshResonance(sums)).toBeNull();
  });

  test('nodes without an angle or a direction count in phase and coherence, not in order', () => {
    const sums = sumsOf([
      node({ real: 0, imag: 1, coherence: 1 }),
      node({ real: 1, imag: 0, coherence: 1, angle: false }),
      node({ real: 1e-13, imag: 0, coherence: 0 }),
    ]);
    expect(meshOrder(sums)).toEqual({ magnitude: 1, angle: Math.PI / 2, pChance: 1, effectiveNodes: 1 });
    expect(meshPhase(sums).real).toBeCloseTo(1 / 3, 12);
    expect(meshCoherence(sums)).toBeCloseTo(2 / 3, 12);
  });

  test('nodes that all point one way have order 1, not a rounding more', () => {
    const random = createRandom(2);
    for (let mesh = 0; mesh < 2000; mesh++) {
      const rad = 7 * random.uniform();
      const members = [0.1, 0.7, 1.3].map((weight) =>
        node({ weight, real: Math.cos(rad), imag: Math.sin(rad) }),
      );
      const { magnitude } = meshOrder(sumsOf(members));
      expect(magnitude <= 1 && magnitude > 1 - 1e-12).toBe(true);
    }
  });

  test('T_sync of two equal nodes is (T_a + T_b)/2, and a node without T counts as 0', () => {
    const a = node({ hasResonance: true, resonanceReal: 0.9, resonanceImag: 0.1 });
    const b = node({ hasResonance: true, resonanceReal: 0.7, resonanceImag: -0.3 });
    const both = meshResonance(sumsOf([a, b]));
    expect(both).toEqual({
      real: expect.closeTo(0.8),
      imag: expect.closeTo(-0.1),
      power: expect.closeTo(0.65),
    });
    expect(meshResonance(sumsOf([a, b, node({ weight: 2 })]))?.real).toBeCloseTo(0.4, 12);
    expect(meshResonance(sumsOf([node({})]))).toBeNull();
  });

  test('weights scale nothing when they all scale', () => {
    const nodes = fc.array(arbitraryNode, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(nodes, between(0.01, 1000), (members, scale) => {
        const scaled = members.map((member) => ({ ...member, weight: scale * member.weight }));
        expect(largestDifference(state(sumsOf(members)), state(sumsOf(scaled)))).toBeLessThan(1e-9);
      }),
    );
  });

  test('a common rotation of all phases changes no magnitude', () => {
    const nodes = fc.array(arbitraryNode, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(nodes, between(-4, 4), (members, rad) => {
        const [cosine, sine] = [Math.cos(rad), Math.sin(rad)];
        const turned = members.map((member) => ({
          ...member,
          real: member.real * cosine - member.imag * sine,
          imag: member.real * sine + member.imag * cosine,
        }));
        const [before, after] = [sumsOf(members), sumsOf(turned)];
        const magnitudes = [before, after].map((sums) => {
          const { real, imag } = meshPhase(sums);
          const { magnitude, pChance, effectiveNodes } = meshOrder(sums);
          return [Math.hypot(real, imag), meshCoherence(sums), magnitude, pChance, effectiveNodes];
        });
        expect(largestDifference(magnitudes[0] as number[], magnitudes[1] as number[])).toBeLessThan(1e-9);
      }),
    );
  });

  test('coherence, order and resonance stay in [0, 1]', () => {
    fc.assert(
      fc.property(fc.array(arbitraryNode, { maxLength: 20 }), (members) => {
        const sums = sumsOf(members);
        const { magnitude, pChance } = meshOrder(sums);
        for (const value of [meshCoherence(sums), magnitude, pChance, meshResonance(sums)?.power ?? 0]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe('mesh sums', () => {
  test('merge in any order and grouping to the flat mesh', () => {
    const nodes = fc.array(fc.tuple(arbitraryNode, fc.integer({ min: 0, max: 4 })), { maxLength: 40 });
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 });
    fc.assert(
      fc.property(nodes, order, fc.boolean(), (members, zonesInOrder, overTheWire) => {
        const flat = sumsOf(members.map(([member]) => member));
        const zones = zonesInOrder.map((zone) =>
          sumsOf(members.filter(([, at]) => at === zone).map(([member]) => member)),
        );
        const left = new MeshSums();
        const right = new MeshSums();
        for (const [at, zone] of zones.entries()) {
          const message = overTheWire
            ? (JSON.parse(JSON.stringify(zone.toPlain())) as ReturnType<MeshSums['toPlain']>)
            : zone;
          (at < 2 ? left : right).merge(message);
        }
        right.merge(left);
        expect(largestDifference(state(right), state(flat))).toBeLessThan(1e-9);
        expect(largestDifference(state(MeshSums.fromPlain(flat.toPlain())), state(flat))).toBeLessThan(1e-9);
      }),
    );
  });

  test(
    'stay within 1e-9 of a fresh sum after 10^6 updates, and are exactly 0 when emptied',
    () => {
      const updates = isLong ? 1e7 : 1e6;
      const random = createRandom(7);
      const sums = new MeshSums();
      const nodes = Array.from({ length: 500 }, () => createContribution());
      for (const member of nodes) {
        randomise(member, random);
        sums.add(member);
      }
      const next = createContribution();
      for (let update = 0; update < updates; update++) {
        const member = nodes[update % 500] as Contribution;
        copyContribution(member, next);
        randomise(next, random);
        if (update % 3 === 0) {
          sums.remove(member);
          sums.add(next);
        } else {
          sums.replace(member, next);
        }
        copyContribution(next, member);
      }
      const fresh = sumsOf(nodes);
      expect(largestDifference(state(sums), state(fresh))).toBeLessThan(1e-9);
      const [kept, anew] = [sums.toPlain(), fresh.toPlain()];
      expect(Math.abs(kept.phase.real - anew.phase.real)).toBeLessThan(1e-9);
      expect(Math.abs(kept.angle.direction.imag - anew.angle.direction.imag)).toBeLessThan(1e-9);
      for (const member of nodes) sums.remove(member);
      expect(sums.toPlain()).toEqual(new MeshSums().toPlain());
    },
    isLong ? 120_000 : 20_000,
  );

  test('a subset that has left leaves exactly 0 behind', () => {
    const sums = sumsOf([node({ real: 0.5, angle: false, coherence: 0.5 })]);
    const before = sums.toPlain();
    const members = [0.1, 0.2, 0.7].map((weight) =>
      node({ weight, real: weight, hasResonance: true, resonanceReal: 0.3 }),
    );
    for (const member of members) sums.add(member);
    for (const member of members) sums.remove(member);
    expect(sums.toPlain().angle).toEqual(before.angle);
    expect(sums.toPlain().resonance).toBeUndefined();
  });

  test('are exactly 0 when emptied, whatever compensation could not hold', () => {
    const random = createRandom(4);
    const weights = Array.from({ length: 300 }, () => 10 ** (30 * random.uniform() - 15));
    // Another order than they came in, by weight, which loses the most.
    const leaving = weights
      .map((_, at) => at)
      .sort((a, b) => (weights[b] as number) - (weights[a] as number));
    for (const kinds of [{}, { angle: false }, { hasResonance: true, resonanceReal: 0.7 }]) {
      const members = weights.map((weight) =>
        node({ weight, real: 0.3, coherence: weight * 1e-15, ...kinds }),
      );
      const sums = sumsOf(members);
      for (const at of leaving) sums.remove(members[at] as Contribution);
      expect(sums.toPlain()).toEqual(new MeshSums().toPlain());
      const silent = node({ weight: 2 });
      sums.add(silent);
      for (const member of members) sums.add(member);
      for (const at of leaving) sums.remove(members[at] as Contribution);
      const { angle, resonance } = sums.toPlain();
      expect([angle, resonance]).toEqual([new MeshSums().toPlain().angle, undefined]);
      sums.add(node({ weight: 0.5, real: 1, hasResonance: true, resonanceReal: 0.25 }));
      expect([sums.angleWeight, sums.directionReal, sums.resonanceWeight, sums.resonanceReal]).toEqual([
        0.5, 0.5, 0.5, 0.125,
      ]);
    }
  });

  test('replace equals remove and add, also where weight or kind change', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryNode, { maxLength: 5 }),
        arbitraryNode,
        arbitraryNode,
        (others, before, after) => {
          const replaced = sumsOf([...others, before]);
          replaced.replace(before, after);
          expect(largestDifference(state(replaced), state(sumsOf([...others, after])))).toBeLessThan(1e-9);
        },
      ),
    );
  });

  test('refuse what is not finite and stay as they were', () => {
    const sums = sumsOf([node({ real: 0.5 })]);
    const before = sums.toPlain();
    const bad = [
      { real: Number.NaN },
      { coherence: Number.POSITIVE_INFINITY },
      { weight: -1 },
      { weight: Number.NaN },
    ];
    for (const change of [...bad, { hasResonance: true, resonanceImag: Number.NaN }]) {
      expect(() => sums.add(node(change))).toThrow(/every number must be finite/);
      expect(() => sums.replace(node({ real: 0.5 }), node(change))).toThrow(RangeError);
    }
    expect(() => sums.merge({ ...before, weight: Number.NaN })).toThrow(/must be a finite number/);
    expect(() => sums.merge({ ...before, nodes: -1 })).toThrow(/must be a whole number from 0/);
    expect(() => sums.merge({ ...before, nodes: 0 })).toThrow(RangeError);
    expect(() => sums.merge({ ...before, angle: { ...before.angle, nodes: -1 } })).toThrow(RangeError);
    expect(sums.toPlain()).toEqual(before);
    expect(() => new MeshSums().remove(node({}))).toThrow(/no node left/);
    expect(() => new MeshSums().replace(node({}), node({}))).toThrow(/no node left/);
  });
});
