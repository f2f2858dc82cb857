import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { eventMessageSchema } from '../../contract/payloads/event.js';
import { globalMessageSchema, zoneMessageSchema } from '../../contract/payloads/global.js';
import { syncStatusSchema } from '../../contract/payloads/sync.js';
import { weMessageSchema } from '../../contract/payloads/we.js';
import { meshCoherence } from '../../kairos/mesh-state.js';
import { MeshSums } from '../../kairos/mesh-sums.js';
import { temporaryFolder } from '../support/cli.js';
import { at, heardOn, startWorld } from './world.js';

const live =
  (count: number) =>
  ({ nodes }: { nodes: { live: number } }) =>
    nodes.live === count;

test('phases become the weighted phase, the mean coherence and the order, with the evidence of emergence', async () => {
  await using world = await startWorld();
  await using _ = await world.worker('nodes: { heavy: { weight: 4 } }');
  const { mesh } = world;
  world.phase('heavy', at(0.7, 0.5, 0.85, { encoder: 'trend' }));
  world.phase('light', at(0, -1, 0.7));
  const global = globalMessageSchema.parse(await mesh.nextJson('mesh/global', live(2)));
  expect(global.phase.real).toBeCloseTo(2.8 / 5, 12);
  expect(global.phase.imag).toBeCloseTo((4 * 0.5 - 1) / 5, 12);
  expect(global.coherence).toBeCloseTo(0.775, 12);
  expect(global).toMatchObject({ unified: true, identity: global.phase, threshold: 0.75 });
  expect(global.order.magnitude).toBeGreaterThan(0.5);
  world.phase('light', at(0, -0.5, 0.5));
  const dissolved = eventMessageSchema.parse(
    await mesh.nextJson('mesh/event', ({ type }) => type === 'dissolved'),
  );
  expect(dissolved).toMatchObject({
    before: expect.closeTo(0.775, 12),
    moved: [{ node: 'light', by: expect.closeTo(-0.1, 12) }],
  });
  const emerged = await mesh.nextJson('mesh/event', ({ type }) => type === 'emerged');
  expect(eventMessageSchema.parse(emerged)).toMatchObject({ threshold: 0.75, before: 0 });
});

test('the five nodes that moved coherence most are named, and their moves add up', async () => {
  await using world = await startWorld();
  await using _ = await world.worker('mesh: { rate: 1 }');
  for (const [index, coherence] of [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7].entries())
    world.phase(`n${index}`, at(0, 0, coherence));
  await world.mesh.nextJson('mesh/global', live(7));
  for (const index of [1, 2, 3, 5, 6]) world.phase(`n${index}`, at(0, 0, 1));
  world.phase('n0', at(0, 0, 0.95));
  const event = await world.mesh.nextJson('mesh/event', ({ type }) => type === 'emerged');
  expect(event.moved.map(({ node }: { node: string }) => node)).toEqual(['n0', 'n1', 'n2', 'n3', 'n5']);
  expect(event.moved[0].by).toBeCloseTo(0.85 / 7, 12);
  const named = event.moved.reduce((sum: number, { by }: { by: number }) => sum + by, 0);
  expect(event.before + named + 0.3 / 7).toBeCloseTo(event.coherence, 12);
});

test('at most ten messages a second on change, one a second unchanged, and sequence counts them', async () => {
  await using world = await startWorld();
  await using _ = await world.worker();
  for (let step = 0; step < 100; step += 1) {
    world.phase('a', at(step / 100, 0));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const changing = await heardOn(world.mesh, 'mesh/global');
  expect(changing.length).toBeGreaterThanOrEqual(8);
  expect(changing.length).toBeLessThanOrEqual(13);
  const all = await heardOn(world.mesh, 'mesh/global', 2.3);
  expect(all.length - changing.length).toBeGreaterThanOrEqual(2);
  expect(all.length - changing.length).toBeLessThanOrEqual(4);
  expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index + all[0].sequence));
});

test('bad messages are answered once a second a node, counted, and move nothing', async () => {
  await using world = await startWorld();
  await using _worker = await world.worker();
  const bad: [message: object | string, sentence: string][] = [
    ['hello', 'which is not JSON'],
    [at(0.9, 0.9), 'expected a phase of magnitude at most 1'],
    [at(0.1, 0, 3), 'coherence: found 3, expected a number from 0 to 1'],
    [at(0.1, 0, 0.5, { node_id: 'b' }), 'node_id: found "b", expected the topic\'s node'],
    ['{"phase": {"real": 1e999, "imag": 0}}', 'phase.real: found Infinity, expected a finite number'],
  ];
  for (const index of bad.keys()) world.phase(`a${index}`, at(0.6, 0, 0.9));
  const good = await world.mesh.nextJson('mesh/global', live(bad.length));
  for (const [index, [message]] of bad.entries()) {
    for (let again = 0; again < 20; again += 1) world.publish(`mesh/a${index}/phase`, message);
  }
  const counted = ({ rejected }: { rejected: number }) => rejected === 20 * bad.length;
  const status = syncStatusSchema.parse(await world.mesh.nextJson('mesh/sync/status', counted));
  expect(status).toMatchObject({ received: 21 * bad.length, last_rejection: { topic: 'mesh/a4/phase' } });
  for (const [index, [, sentence]] of bad.entries()) {
    const errors = await heardOn(world.mesh, `mesh/a${index}/error`);
    expect(errors).toMatchObject([
      { topic: `mesh/a${index}/phase`, reason: expect.stringContaining(sentence) },
    ]);
  }
  const { coherence, phase, messages, nodes } = (await heardOn(world.mesh, 'mesh/global')).at(-1);
  expect({ coherence, phase, messages, nodes }).toEqual({
    coherence: good.coherence,
    phase: good.phase,
    messages: bad.length,
    nodes: { live: bad.length, known: bad.length },
  });
});

test.each(['zone', 'ä b'])('the node name %j is reported in mesh/sync/status', async (name) => {
  await using world = await startWorld();
  await using _worker = await world.worker();
  world.phase(name, at(0.1, 0));
  const status = await world.mesh.nextJson('mesh/sync/status', ({ rejected }) => rejected === 1);
  expect(status.last_rejection.reason).toMatch(/^found the node name .*, expected a (node )?name/);
  expect((await heardOn(world.mesh, 'mesh/global')).at(-1)).toMatchObject({ nodes: { known: 0 } });
});

test('a phase that the broker had kept is old and ignored', async () => {
  await using world = await startWorld();
  world.publish('mesh/old/phase', at(0.9, 0), true);
  await using _ = await world.worker();
  await world.mesh.nextJson('mesh/sync/status', ({ stale }) => stale === 1);
  expect(await world.mesh.nextJson('mesh/global')).toMatchObject({
    nodes: { live: 0, known: 0 },
    messages: 0,
  });
});

test('who cannot say so is said to be online and offline, and who comes and goes is an event', async () => {
  await using world = await startWorld();
  await using _ = await world.worker('mesh: { stale: { unannounced: 400ms } }');
  world.phase('esp', at(0.5, 0));
  expect(await world.mesh.next('mesh/esp/availability')).toBe('online');
  await world.mesh.nextJson('mesh/event', ({ type, node }) => type === 'node_joined' && node === 'esp');
  expect(await world.mesh.next('mesh/esp/availability', (text) => text === 'offline')).toBe('offline');
  await world.mesh.nextJson('mesh/event', (event) => event.type === 'node_left' && event.reason === 'silent');
  await world.mesh.nextJson('mesh/global', ({ nodes }) => nodes.live === 0 && nodes.known === 1);
  world.phase('esp', at(0.5, 0));
  await world.mesh.nextJson('mesh/global', ({ messages, nodes }) => messages === 2 && nodes.live === 1);
  const words = world.mesh.heard
    .filter(({ topic }) => topic === 'mesh/esp/availability')
    .map(({ text }) => text);
  expect(words.slice(0, 3)).toEqual(['online', 'offline', 'online']);
});

test('when an agent goes offline its nodes are dropped and said to be offline, and others stay', async () => {
  await using world = await startWorld();
  await using _ = await world.worker();
  for (const [node, session] of [
    ['one', 's1'],
    ['two', 's1'],
    ['later', 's2'],
  ] as const) {
    world.publish(`mesh/${node}/info`, { schema: 1, session, via: 'pi', interval: 60 }, true);
    world.phase(node, at(0.5, 0));
  }
  await world.mesh.nextJson('mesh/global', live(3));
  world.publish('mesh/agent/pi', { state: 'offline', session: 's1', nodes: [] }, true);
  await world.mesh.nextJson('mesh/global', live(1));
  for (const node of ['one', 'two'])
    expect(await world.mesh.next(`mesh/${node}/availability`, (text) => text === 'offline')).toBe('offline');
  expect(
    world.mesh.heard.filter(({ topic, text }) => topic === 'mesh/later/availability' && text === 'offline'),
  ).toEqual([]);
});

test('zones add up to the whole by the sums they publish', async () => {
  await using world = await startWorld();
  await using _ = await world.worker('zones: { house: {}, kitchen: { nodes: ["k-*"], parent: house } }');
  world.publish('mesh/bed/info', { schema: 1, zone: 'bedroom' }, true);
  world.phase('k-oven', at(0.3, 0.4, 0.9));
  world.phase('k-fridge', at(0, 0.5, 0.6, { encoder: 'level' }));
  world.phase('bed', at(-0.8, 0, 0.5));
  world.phase('stray', at(0.1, 0.1, 0.2));
  const whole = await world.mesh.nextJson('mesh/global', live(4));
  const zones = await Promise.all(
    ['house', 'bedroom'].map((zone) =>
      world.mesh.nextJson(`mesh/zone/${zone}`, live(zone === 'house' ? 2 : 1)),
    ),
  );
  const sums = new MeshSums();
  for (const zone of zones) sums.merge(zoneMessageSchema.parse(zone).sums);
  sums.add({
    weight: 1,
    real: 0.1,
    imag: 0.1,
    coherence: 0.2,
    angle: true,
    hasResonance: false,
    resonanceReal: 0,
    resonanceImag: 0,
  });
  expect(meshCoherence(sums)).toBeCloseTo(whole.coherence, 12);
  expect(sums.nodes).toBe(4);
  expect(zones[0]).toMatchObject({ coherence: 0.75, nodes: { live: 2 }, sums: { angle: { nodes: 1 } } });
  expect(await world.mesh.nextJson('mesh/zone/kitchen', live(2))).toMatchObject({ coherence: 0.75 });
});

test('sync/set changes the mesh, answers, is kept over a restart, and null clears it', async () => {
  await using world = await startWorld();
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'sync-settings.json');
  const worker = await world.worker('', 'first', file);
  world.phase('a', at(0.6, 0, 0.7));
  await world.mesh.nextJson('mesh/global', (one) => one.nodes.live === 1 && !one.unified);
  await world.pub('mesh/sync/set', '{"threshold": 0.65, "transaction": "t1"}', '-q', '1');
  expect(await world.mesh.nextJson('mesh/sync/result')).toEqual({
    status: 'ok',
    data: { threshold: 0.65, collapse: 0.8, rate: 10 },
    transaction: 't1',
  });
  await world.mesh.nextJson('mesh/global', (one) => one.unified && one.threshold === 0.65);
  await worker.close();
  await using _ = await world.worker('', 'second', file);
  await world.mesh.nextJson(
    'mesh/global',
    ({ session, threshold }) => session === 'second' && threshold === 0.65,
  );
  await world.pub('mesh/sync/set', '{"threshold": null, "transaction": 2}');
  expect(await world.mesh.nextJson('mesh/sync/result', ({ transaction }) => transaction === 2)).toMatchObject(
    { data: { threshold: 0.75 } },
  );
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({});
  await world.pub('mesh/sync/set', '{"threshold": 7, "transaction": 3}');
  expect(await world.mesh.nextJson('mesh/sync/result', ({ transaction }) => transaction === 3)).toEqual({
    status: 'error',
    error: 'threshold: found 7, expected a number at most 1',
    transaction: 3,
  });
  await world.pub('mesh/sync/set', 'louder');
  await world.mesh.nextJson('mesh/sync/result', ({ error }) => error?.includes('which is not JSON'));
});

test('a stopping worker publishes a mesh with no nodes, then that it is offline', async () => {
  await using world = await startWorld();
  const worker = await world.worker();
  world.phase('a', at(0.6, 0, 0.9));
  await world.mesh.nextJson('mesh/global', ({ unified }) => unified);
  await worker.close();
  await world.mesh.nextJson('mesh/sync/status', ({ state }) => state === 'offline');
  expect((await heardOn(world.mesh, 'mesh/global')).at(-1)).toMatchObject({
    nodes: { live: 0, known: 0 },
    identity: null,
    coherence: 0,
  });
  await world.mesh.nextJson('mesh/event', ({ type }) => type === 'dissolved');
});

test('of two workers the smaller session speaks, and the other takes over', async () => {
  await using world = await startWorld();
  await using _ = await world.worker('', 'b');
  const smaller = await world.worker('', 'a');
  await world.mesh.nextJson('mesh/sync/status', ({ session }) => session === 'a');
  const before = (await heardOn(world.mesh, 'mesh/global')).length;
  const both = (await heardOn(world.mesh, 'mesh/global', 2.2)).slice(before + 1);
  expect(new Set(both.map(({ session }) => session))).toEqual(new Set(['a']));
  await smaller.close();
  await world.mesh.nextJson(
    'mesh/sync/status',
    ({ session, state }) => session === 'b' && state === 'online',
  );
  const count = (await heardOn(world.mesh, 'mesh/global')).length;
  expect(
    (await heardOn(world.mesh, 'mesh/global', 1.3)).slice(count).map(({ session }) => session),
  ).toContain('b');
});

test('clocks that are far off are reported, the largest first', async () => {
  await using world = await startWorld();
  await using _ = await world.worker();
  const now = Date.now() / 1000;
  world.phase('right', at(0.5, 0, 0.5, { timestamp: new Date().toISOString() }));
  world.phase('behind', at(0.5, 0, 0.5, { timestamp: now - 3600 }));
  world.phase('ahead', at(0.5, 0, 0.5, { timestamp: now + 60 }));
  world.phase('right', { phase: 'rejected, so that the status is published soon' });
  const { clock_offsets } = await world.mesh.nextJson(
    'mesh/sync/status',
    (one) => one.clock_offsets !== undefined,
  );
  expect(Object.keys(clock_offsets)).toEqual(['behind', 'ahead']);
  expect(clock_offsets.behind).toBeCloseTo(3600, 0);
  expect(clock_offsets.ahead).toBeCloseTo(-60, 0);
});

test("T_sync is the weighted mean of the nodes' resonances, and its collapse an event", async () => {
  await using world = await startWorld();
  await using _ = await world.worker();
  world.phase('a', at(0.5, 0, 0.5, { resonance: { real: 0.9, imag: 0.1, tau: 1 } }));
  world.phase('b', at(0.5, 0, 0.5, { resonance: { real: 0.95, imag: -0.1, tau: 2 } }));
  const global = await world.mesh.nextJson('mesh/global', live(2));
  expect(global).toMatchObject({
    resonance: { real: expect.closeTo(0.925, 12), imag: expect.closeTo(0, 12) },
    collapsed: true,
  });
  expect(await world.mesh.nextJson('mesh/event', ({ type }) => type === 'collapsed')).toMatchObject({
    collapse: 0.8,
  });
  world.phase('b', at(0.5, 0, 0.5));
  await world.mesh.nextJson('mesh/event', ({ type }) => type === 'released');
});

test('the witness is one step a message, so that any subscriber can follow it', async () => {
  await using world = await startWorld();
  await using _ = await world.worker();
  const { Witness } = await import('../../kairos/witness.js');
  await world.mesh.nextJson('mesh/global');
  for (let step = 0; step < 10; step += 1) {
    world.phase('a', at(Math.cos(step / 3), Math.sin(step / 3)));
    await new Promise((resolve) => setTimeout(resolve, 120));
  }
  const own = new Witness();
  const messages = await heardOn(world.mesh, 'mesh/global');
  expect(messages.length).toBeGreaterThan(9);
  for (const { phase, witness } of messages) {
    own.step(phase.real, phase.imag);
    expect(witness.residual).toBeCloseTo(own.residual, 12);
    expect(witness.surprise).toBeCloseTo(own.surprise, 12);
    expect(witness.model.imag).toBeCloseTo(own.modelImag, 12);
  }
});

test('a bond is published for watched pairs alone, a before b, with both strengths', async () => {
  await using world = await startWorld();
  await using _ = await world.worker('we: [[solaria, mark], den]\nzones: { den: { nodes: ["cub*"] } }');
  for (const node of ['mark', 'solaria', 'cub1', 'cub2', 'stranger'])
    world.phase(node, at(0.6, 0.6, 0.9, { encoder: 'trend' }));
  for (const pair of ['mark/solaria', 'cub1/cub2']) {
    const bond = weMessageSchema.parse(await world.mesh.nextJson(`mesh/we/${pair}`));
    expect(bond).toMatchObject({
      strength: expect.closeTo(1, 12),
      centred_strength: 0,
      lag: expect.closeTo(0, 12),
      emerged: false,
    });
  }
  expect(world.mesh.heard.some(({ topic }) => /we\/(.*stranger|solaria)/.test(topic))).toBe(false);
});
