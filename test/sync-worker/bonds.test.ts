import { expect, test } from '@jest/globals';
import { meshSchema } from '../../contract/config/schema.js';
import { silentLog } from '../../contract/log.js';
import type { PartContext } from '../../contract/part.js';
import { Bonds } from '../../sync-worker/bonds.js';
import type { Events, NewEvent } from '../../sync-worker/events.js';
import { createGroups } from '../../sync-worker/groups.js';
import { Mesh } from '../../sync-worker/mesh.js';
import { createPhaseReading } from '../../sync-worker/read-phase.js';
import type { Voice } from '../../sync-worker/voice.js';
import { createManualClock } from '../support/manual-clock.js';

/** Bonds over a mesh whose time a test moves, and what they said. */
function watching(we: ([string, string] | string)[], zones = {}) {
  const clock = createManualClock();
  const events: NewEvent[] = [];
  const said: string[] = [];
  const mesh = new Mesh({
    stale: meshSchema.parse({}).stale,
    groups: createGroups(zones, new Map(), () => {}),
    weightOf: () => 1,
    observer: { moving() {}, joined() {}, left() {}, unheard() {} },
    nowSeconds: clock.monotonicSeconds(),
  });
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (_: object, message: string) => warnings.push(message) };
  const context = { clock, session: 'test', log } as unknown as PartContext;
  const voice = { say: (_: string, pair: { a: string; b: string }) => said.push(`${pair.a}/${pair.b}`) };
  const bonds = new Bonds(
    we,
    context,
    mesh,
    voice as unknown as Voice,
    { emit: (event: NewEvent) => events.push(event) } as unknown as Events,
    () => 0.75,
  );
  const phase = (id: string, rad: number, more: object = {}): void => {
    const node = mesh.know(id, clock.monotonicSeconds());
    const reading = {
      ...createPhaseReading(),
      real: Math.cos(rad),
      imag: Math.sin(rad),
      coherence: 0.9,
      ...more,
    };
    if (node !== undefined) mesh.take(node, reading, clock.monotonicSeconds());
  };
  return {
    events,
    said,
    warnings,
    mesh,
    phase,
    /** Lets the mesh step ten times a second, its nodes where `at` puts them. */
    run(seconds: number, at: (step: number) => void): void {
      for (let step = 0; step < seconds * 10; step += 1) {
        at(step);
        bonds.step();
        clock.advance(0.1);
      }
    },
  };
}

test('two that turn in step become a WE after 2 tau_we, and part when one goes its own way', () => {
  const { run, events, phase } = watching([['solaria', 'mark']]);
  const together = (step: number): void => {
    phase('mark', 0.1 * step);
    phase('solaria', 0.1 * step - 0.5);
  };
  run(19.9, together);
  expect(events).toEqual([]);
  run(1, (step) => together(step + 199));
  expect(events).toMatchObject([
    { type: 'we_formed', nodes: ['mark', 'solaria'], strength: expect.closeTo(1, 9) },
  ]);
  run(20, (step) => {
    phase('mark', 0.1 * step);
    phase('solaria', 0.3 * step);
  });
  expect(events.map(({ type }) => type)).toEqual(['we_formed', 'we_parted']);
});

test.each([
  [
    'one of them leaves',
    (world: ReturnType<typeof watching>) => world.mesh.silence(world.mesh.find('a') as never, 1000),
  ],
  [
    'one carries no angle any more',
    (world: ReturnType<typeof watching>) => world.phase('a', 0, { angle: false }),
  ],
  [
    'one is not coherent any more',
    (world: ReturnType<typeof watching>) => world.phase('a', 0, { coherence: 0.5 }),
  ],
])('a WE parts when %s', (_, change) => {
  const world = watching([['a', 'b']]);
  world.run(21, (step) => {
    world.phase('a', step);
    world.phase('b', step);
  });
  change(world);
  world.run(0.1, () => {});
  expect(world.events.map(({ type }) => type)).toEqual(['we_formed', 'we_parted']);
});

test('of a zone all pairs are watched, up to 50 nodes; a larger one is named once', () => {
  const zones = { den: { nodes: ['*'] } };
  const small = watching(['den'], zones);
  small.run(0.1, () => ['c', 'a', 'b'].map((id) => small.phase(id, 1)));
  expect(small.said).toEqual(['a/c', 'b/c', 'a/b']);
  const large = watching(['den'], zones);
  large.run(1, () => Array.from({ length: 51 }, (_, index) => large.phase(`n${index}`, 1)));
  expect(large.said).toEqual([]);
  expect(large.warnings).toEqual(['zone too large to watch its pairs']);
});
