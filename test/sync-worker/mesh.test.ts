import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { meshSchema } from '../../contract/config/schema.js';
import type { ZonesConfig } from '../../contract/config/zones.js';
import type { GlobalMessage, ZoneMessage } from '../../contract/payloads/global.js';
import { meshCoherence, meshOrder, meshPhase } from '../../kairos/mesh-state.js';
import { MeshSums } from '../../kairos/mesh-sums.js';
import type { Group } from '../../sync-worker/group.js';
import { nextMessage } from '../../sync-worker/group-message.js';
import { createGroups } from '../../sync-worker/groups.js';
import { Mesh } from '../../sync-worker/mesh.js';
import type { PhaseReading } from '../../sync-worker/read-phase.js';

interface MeshVector {
  readonly threshold: number;
  readonly nodes: { phase: { real: number; imag: number }; coherence: number; weight: number }[];
  readonly expect: {
    phase: { real: number; imag: number };
    coherence: number;
    identity: object | null;
    order?: number;
    mean_phase: number;
    p_chance: number;
  };
}

interface Options {
  readonly mesh?: object;
  readonly zones?: ZonesConfig;
  readonly weights?: Record<string, number>;
}

/** A mesh whose time a test moves, with what it told its observer. */
function aMesh({ mesh: settings = {}, zones = {}, weights = {} }: Options = {}) {
  const config = meshSchema.parse(settings);
  const told: string[] = [];
  const groups = createGroups(zones, new Map(), () => {});
  let now = 1000;
  const mesh = new Mesh({
    stale: config.stale,
    groups,
    weightOf: (node) => weights[node] ?? 1,
    observer: {
      moving() {},
      joined: ({ id }) => told.push(`joined ${id}`),
      left: ({ id }, reason) => told.push(`left ${id} ${reason}`),
      unheard: ({ id }) => told.push(`unheard ${id}`),
    },
    nowSeconds: now,
  });
  const state = (group: Group = groups.whole): GlobalMessage | ZoneMessage =>
    nextMessage(
      group,
      {
        threshold: config.threshold,
        collapse: config.collapse,
        emergence: config.emergence,
        failsWithSilent: config.stale.policy === 'fail',
      },
      'test',
      now,
    );
  const know = (id: string) => {
    const node = mesh.know(id, now);
    if (node === undefined) throw new Error('the mesh knows too many');
    return node;
  };
  return {
    mesh,
    told,
    groups,
    state,
    know,
    phase: (id: string, reading: Partial<PhaseReading>) =>
      mesh.take(know(id), { ...aReading, ...reading }, now),
    advance(seconds: number) {
      for (const end = now + seconds; now < end; ) {
        now = Math.min(end, now + 0.25);
        mesh.advance(now);
      }
    },
  };
}

const aReading: PhaseReading = {
  weight: 1,
  real: 0.6,
  imag: 0,
  coherence: 0.9,
  angle: true,
  hasResonance: false,
  resonanceReal: 0,
  resonanceImag: 0,
  timestampSeconds: Number.NaN,
};

describe('the vectors of section 5', () => {
  const { cases } = JSON.parse(readFileSync(new URL('../vectors/mesh.json', import.meta.url), 'utf8')) as {
    cases: MeshVector[];
  };
  test.each(cases.map((one, index) => [index, one] as const))('case %i', (_, one: MeshVector) => {
    const weights = Object.fromEntries(one.nodes.map((node, index) => [`n${index}`, node.weight]));
    const { phase, state } = aMesh({ mesh: { threshold: one.threshold }, weights });
    for (const [index, node] of one.nodes.entries())
      phase(`n${index}`, { ...node.phase, coherence: node.coherence });
    const found = state();
    const { expect: want } = one;
    expect(Math.abs(found.phase.real - want.phase.real)).toBeLessThan(1e-9);
    expect(Math.abs(found.phase.imag - want.phase.imag)).toBeLessThan(1e-9);
    expect(Math.abs(found.coherence - want.coherence)).toBeLessThan(1e-9);
    expect(found.identity).toEqual(want.identity === null ? null : found.phase);
    if (want.order === undefined) return;
    expect(Math.abs(found.order.magnitude - want.order)).toBeLessThan(1e-9);
    expect(Math.abs(found.order.angle - want.mean_phase)).toBeLessThan(1e-9);
    expect(Math.abs(found.order.p_chance - want.p_chance)).toBeLessThan(1e-9);
  });
});

test('a node counts while its phase is younger than its time to live, and joins again with the next', () => {
  const { mesh, know, phase, state, advance, told } = aMesh();
  phase('kitchen', {});
  mesh.describe(know('kitchen'), { schema: 1, interval: 2 });
  advance(5.9);
  expect(state().nodes).toEqual({ live: 1, known: 1 });
  advance(0.6);
  expect(state()).toMatchObject({ nodes: { live: 0, known: 1 }, coherence: 0, phase: { real: 0, imag: 0 } });
  phase('kitchen', {});
  expect(state()).toMatchObject({ nodes: { live: 1, known: 1 }, coherence: 0.9 });
  expect(told).toEqual(['joined kitchen', 'left kitchen silent', 'joined kitchen']);
});

test('a node without info lives for `unannounced`, one with a short interval for `at_least`', () => {
  const { mesh, know, phase, state, advance } = aMesh({ mesh: { stale: { unannounced: 60, at_least: 5 } } });
  phase('plain', {});
  phase('fast', {});
  mesh.describe(know('fast'), { schema: 1, interval: 0.1 });
  advance(5.5);
  expect(state().nodes.live).toBe(1);
  advance(54);
  expect(state().nodes.live).toBe(1);
  advance(1);
  expect(state().nodes.live).toBe(0);
});

test('a silent node is forgotten after forget_after, an announced one that never spoke is unheard first', () => {
  const { mesh, know, phase, state, advance, told } = aMesh({ mesh: { stale: { forget_after: 100 } } });
  phase('spoke', {});
  mesh.describe(know('mute'), { schema: 1, interval: 1 });
  advance(60.5);
  expect(told).toEqual(['joined spoke', 'unheard mute', 'left spoke silent']);
  expect(state().nodes).toEqual({ live: 0, known: 2 });
  advance(101);
  expect(state().nodes).toEqual({ live: 0, known: 0 });
});

describe('a silent node', () => {
  const silenced = (policy: string) => {
    const world = aMesh({ mesh: { stale: { policy } } });
    world.phase('a', { real: 1, coherence: 1 });
    world.phase('b', { real: 0, imag: 1, coherence: 0.8 });
    world.mesh.describe(world.know('a'), { schema: 1, interval: 1, tau_base: 2 });
    world.mesh.silence(world.know('a'), 1000);
    return world;
  };

  test('leaves the sums under `drop`', () => {
    expect(silenced('drop').state()).toMatchObject({
      coherence: 0.8,
      phase: { real: 0, imag: 1 },
      nodes: { live: 1 },
    });
  });

  test('stays as it was under `hold`', () => {
    const { state, advance } = silenced('hold');
    advance(30);
    expect(state()).toMatchObject({ coherence: 0.9, phase: { real: 0.5, imag: 0.5 }, nodes: { live: 1 } });
  });

  test('fades with its tau_base under `decay`', () => {
    const { state, advance, phase } = silenced('decay');
    advance(2);
    expect(state().coherence).toBeCloseTo((Math.exp(-1) + 0.8) / 2, 12);
    expect(state().phase.real).toBeCloseTo(Math.exp(-1) / 2, 12);
    advance(50);
    expect(state()).toMatchObject({ coherence: 0.4, phase: { real: 0, imag: 0.5 } });
    phase('a', { real: 1, coherence: 1 });
    advance(1);
    expect(state()).toMatchObject({ coherence: 0.9, phase: { real: 0.5, imag: 0.5 } });
  });

  test('takes the identity with it under `fail`, until it is back', () => {
    const { state, phase } = silenced('fail');
    expect(state()).toMatchObject({ coherence: 0.8, unified: false, identity: null });
    phase('a', { real: 1, coherence: 1 });
    expect(state()).toMatchObject({ coherence: 0.9, unified: true, identity: { real: 0.5, imag: 0.5 } });
  });
});

test('hysteresis and min_nodes make emergence stricter', () => {
  const { phase, state } = aMesh({ mesh: { emergence: { min_nodes: 2, hysteresis: 0.1 } } });
  phase('a', { coherence: 0.9 });
  expect(state().unified).toBe(false);
  phase('b', { coherence: 0.9 });
  expect(state().unified).toBe(true);
  phase('b', { coherence: 0.5 });
  expect(state().unified).toBe(true);
  phase('b', { coherence: 0.3 });
  expect(state().unified).toBe(false);
  phase('b', { coherence: 0.5 });
  expect(state().unified).toBe(false);
});

test('nodes that carry no angle do not count in order', () => {
  const { phase, state } = aMesh();
  phase('level', { real: 0.2, angle: false });
  phase('trend', { real: 0, imag: 0.7 });
  expect(state().order).toMatchObject({ magnitude: 1, angle: Math.PI / 2, p_chance: 1 });
});

const unit = fc.double({ min: -0.7, max: 0.7, noNaN: true });
const reading = fc.record({
  real: unit,
  imag: unit,
  coherence: fc.double({ min: 0, max: 1, noNaN: true }),
  angle: fc.boolean(),
});

test('after any history of messages, silences and moves, zones add up to a fresh flat sum', () => {
  const zones: ZonesConfig = {
    house: { nodes: [] },
    kitchen: { nodes: ['k*'], parent: 'house' },
    bedroom: { nodes: ['b*'], parent: 'house' },
  };
  const step = fc.record({
    node: fc.constantFrom('k1', 'k2', 'b1', 'b2', 'x1', 'x2'),
    reading,
    act: fc.constantFrom('phase', 'phase', 'phase', 'silence', 'garden', 'forget'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { mesh, phase, state, know, groups } = aMesh({ zones });
      const last = new Map<string, PhaseReading>();
      for (const { node, reading: given, act } of steps) {
        if (act === 'phase') {
          phase(node, given);
          last.set(node, { ...aReading, ...given });
        } else if (act === 'garden') mesh.describe(know(node), { schema: 1, zone: 'garden' });
        else {
          if (act === 'silence') mesh.silence(know(node), 1000);
          else mesh.forget(know(node));
          last.delete(node);
        }
      }
      const flat = new MeshSums();
      for (const one of last.values()) {
        flat.add(one);
      }
      const found = state();
      expect(Math.abs(found.coherence - meshCoherence(flat))).toBeLessThan(1e-9);
      expect(Math.abs(found.phase.real - meshPhase(flat).real)).toBeLessThan(1e-9);
      expect(Math.abs(found.order.magnitude - meshOrder(flat).magnitude)).toBeLessThan(1e-9);
      expect(found.nodes.live).toBe(last.size);
      const merged = new MeshSums();
      merged.merge(groups.whole.sums);
      for (const group of groups.all()) {
        if (group.parent === groups.whole) merged.merge((state(group) as ZoneMessage).sums);
      }
      expect(Math.abs(meshCoherence(merged) - found.coherence)).toBeLessThan(1e-9);
    }),
  );
});

test('ten thousand known nodes do not make a message dearer: nothing else is looked at', () => {
  const { mesh, phase, know } = aMesh();
  for (let index = 0; index < 10_000; index += 1) phase(`n${index}`, {});
  const nodes = [...mesh.nodes];
  const others = nodes.filter(({ id }) => id !== 'n5').map((node) => ({ ...node.contribution }));
  mesh.take(know('n5'), { ...aReading, real: 0.1 }, 1001);
  expect(nodes.filter(({ id }) => id !== 'n5').map(({ contribution }) => contribution)).toEqual(others);
});
