import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { renderWatch, type WatchCanvas } from '../../cli/watch/render-watch.js';
import { runWatch } from '../../cli/watch/run-watch.js';
import { MeshWatcher } from '../../cli/watch/watched-mesh.js';
import { systemClock } from '../../contract/clock.js';
import { silentLog } from '../../contract/log.js';
import type { EventMessage } from '../../contract/payloads/event.js';
import { createTopics } from '../../contract/topics.js';
import { aState, createTestTerminal } from '../adapters/samples.js';
import { startTestBroker } from '../support/test-broker.js';
import { until } from '../support/until.js';

const NOW = 1000;
const plain: WatchCanvas = { columns: 80, rows: 24, colour: false, nowSeconds: NOW };
const stamp = { timestamp: '2026-11-23T23:07:29.123Z', session: 'k3f9' };
const joined = (node: string): EventMessage => ({ type: 'node_joined', node, ...stamp });

/** A mesh of three nodes, unified. */
function aWatcher(): MeshWatcher {
  const watcher = new MeshWatcher(NOW - 60);
  watcher.onState(aState(), NOW - 0.1);
  watcher.onPhase(
    'kitchen',
    { phase: { real: 0.215, imag: 0 }, coherence: 0.215, encoder: 'level' },
    NOW - 12,
  );
  watcher.onPhase(
    'host-cpu',
    { phase: { real: 0.5, imag: 0.5 }, coherence: 0.62, encoder: 'trend' },
    NOW - 0.2,
  );
  watcher.onPhase('robot', { phase: { real: -0.9, imag: -0.1 } }, NOW - 200);
  return watcher;
}

describe('the view', () => {
  test('shows the whole, the nodes by name and the last events', () => {
    const watcher = aWatcher();
    watcher.onEvent(joined('kitchen'));
    const nodes = { live: 34, known: 40 };
    const moved = [{ node: 'kitchen', by: 0.1 }];
    watcher.onEvent({
      type: 'emerged',
      coherence: 0.81,
      threshold: 0.75,
      phase: { real: 0, imag: 0 },
      nodes,
      before: 0.7,
      moved,
      ...stamp,
    });
    watcher.onEvent({ type: 'collapsed', resonance: { real: 0.9, imag: 0.1 }, collapse: 0.8, ...stamp });
    watcher.onEvent({
      type: 'we_formed',
      nodes: ['mark', 'solaria'],
      strength: 0.93,
      centred_strength: 0.9,
      ...stamp,
    });
    watcher.onEvent({
      type: 'node_left',
      node: 'cellar',
      reason: 'silent',
      ...stamp,
      timestamp: 1_800_000_000,
    });
    expect(renderWatch(watcher, plain).split('\n')).toEqual([
      'coherence ██████████████████████████████┃█░░░░░░░░ 0.810',
      'threshold 0.75   order 0.94   p_chance 0.002   nodes 34 live of 40 known',
      'unified 0.79+0.25i   hue 284',
      '',
      'node        |z|  coherence         encoder         age',
      'host-cpu  ↗ 0.71  ██████░░░░ 0.620  trend        0.2 s',
      'kitchen   · 0.21  ██░░░░░░░░ 0.215  level         12 s',
      'robot     ← 0.91  █████████░ 0.906  pair           3 m',
      '',
      '23:07:29 node_joined kitchen',
      '23:07:29 emerged at coherence 0.810',
      '23:07:29 collapsed at |resonance|^2 0.820',
      '23:07:29 we_formed mark and solaria, strength 0.93',
      '08:00:00 node_left cellar (silent)',
    ]);
  });

  test('is coloured by the phases', () => {
    const watcher = new MeshWatcher(NOW);
    watcher.onState(aState({ nodes: { live: 1, known: 1 } }), NOW);
    watcher.onPhase('a', { phase: { real: 0, imag: 1 }, encoder: 'trend' }, NOW);
    const swatch = '\x1b[48;2;153;0;207m        \x1b[0m  ';
    const lines = renderWatch(watcher, { ...plain, colour: true }).split('\n');
    expect(lines[2]).toBe(`${swatch}unified 0.79+0.25i   hue 284`);
    expect(lines[5]).toBe(
      'a     \x1b[38;2;255;0;0m↑\x1b[0m 1.00  \x1b[38;2;255;0;0m██████████\x1b[0m 1.000  trend        0.0 s',
    );
  });

  test.each([
    [0, '→'],
    [45, '↗'],
    [90, '↑'],
    [135, '↖'],
    [180, '←'],
    [-180, '←'],
    [-135, '↙'],
    [-90, '↓'],
    [-45, '↘'],
    [-20, '→'],
  ])('an angle of %d degrees is %s', (degrees, arrow) => {
    const watcher = new MeshWatcher(NOW);
    const angle = (degrees * Math.PI) / 180;
    watcher.onPhase('a', { phase: { real: Math.cos(angle), imag: Math.sin(angle) } }, NOW);
    expect(renderWatch(watcher, plain)).toContain(`a     ${arrow} 1.00`);
  });

  test('is cut to the height: nodes that do not fit are counted, the newest events stay', () => {
    const watcher = new MeshWatcher(NOW);
    watcher.onState(aState(), NOW);
    for (let index = 10; index < 30; index += 1) {
      watcher.onPhase(`n${index}`, { phase: { real: 0, imag: 0 } }, NOW);
      watcher.onEvent(joined(`n${index}`));
    }
    const lines = renderWatch(watcher, { ...plain, rows: 15 }).split('\n');
    expect(lines).toHaveLength(14);
    expect(lines.slice(5)).toEqual([
      'n10   · 0.00  ░░░░░░░░░░ 0.000  pair         0.0 s',
      'n11   · 0.00  ░░░░░░░░░░ 0.000  pair         0.0 s',
      '... and 18 more',
      '',
      '23:07:29 node_joined n25',
      '23:07:29 node_joined n26',
      '23:07:29 node_joined n27',
      '23:07:29 node_joined n28',
      '23:07:29 node_joined n29',
    ]);
  });

  test('says why there is nothing to show', () => {
    const watcher = new MeshWatcher(NOW);
    expect(renderWatch(watcher, plain).split('\n')).toEqual([
      'quiet',
      'waiting for the mesh',
      '',
      '',
      'no nodes yet',
    ]);
    expect(renderWatch(watcher, { ...plain, nowSeconds: NOW + 150 })).toContain(
      'no word from the mesh for 3 m',
    );
    watcher.onState(aState(), NOW);
    expect(renderWatch(watcher, { ...plain, nowSeconds: NOW + 4 })).toContain(
      'no word from the mesh for 4.0 s',
    );
    watcher.onStatus('offline');
    expect(renderWatch(watcher, plain)).toContain('the sync worker is offline');
    watcher.onStatus('online');
    expect(renderWatch(watcher, plain)).toContain('unified');
  });

  test('what others send cannot move the cursor', () => {
    const watcher = new MeshWatcher(NOW);
    watcher.onPhase('a', { phase: { real: 1, imag: 0 }, encoder: '\x1b[2Jx\n' }, NOW);
    watcher.onEvent(joined('\x1b[31m\u0007'));
    const view = renderWatch(watcher, plain);
    expect(view).toContain('?[2Jx?');
    expect(view).toContain('node_joined ?[31m?');
    expect(view).not.toContain('\x1b');
  });

  test('never outgrows the terminal', () => {
    const dimensions = fc.record({
      columns: fc.integer({ min: 1, max: 120 }),
      rows: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(dimensions, fc.nat(60), fc.nat(8), fc.boolean(), (size, nodes, events, known) => {
        const watcher = new MeshWatcher(NOW);
        if (known) watcher.onState(aState(), NOW);
        for (let index = 0; index < nodes; index += 1)
          watcher.onPhase('n'.repeat(1 + index), { phase: { real: 0.5, imag: 0.1 } }, NOW - index);
        for (let index = 0; index < events; index += 1) watcher.onEvent(joined('e'));
        const lines = renderWatch(watcher, { ...plain, ...size }).split('\n');
        expect(lines.length).toBeLessThanOrEqual(Math.max(1, size.rows - 1));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(size.columns);
      }),
    );
  });
});

describe('what is kept', () => {
  test('a node that left is gone, one that is silent for five minutes is forgotten', () => {
    const watcher = aWatcher();
    watcher.onEvent({ type: 'node_left', node: 'host-cpu', reason: 'offline', ...stamp });
    watcher.forget(NOW + 101);
    expect([...watcher.nodes.keys()]).toEqual(['kitchen']);
  });

  test('is bounded', () => {
    const watcher = new MeshWatcher(NOW);
    for (let index = 0; index < 10_010; index += 1)
      watcher.onPhase(`n${index}`, { phase: { real: 0, imag: 0 } }, NOW);
    watcher.onPhase('n1', { phase: { real: 1, imag: 0 } }, NOW);
    expect(watcher.nodes.size).toBe(10_000);
    expect(watcher.nodes.get('n1')?.message.phase.real).toBe(1);
  });
});

describe('running', () => {
  const status = JSON.stringify({ state: 'online', session: 'k3f9' });
  const phase = JSON.stringify({ phase: { real: 0, imag: 1 }, encoder: 'trend' });

  async function startWatch(shape: { isTTY?: boolean; columns?: number; rows?: number }) {
    const broker = await startTestBroker();
    const client = await broker.connect();
    await client.publishAsync('mesh/sync/status', status, { qos: 1, retain: true });
    await client.publishAsync('mesh/global', JSON.stringify(aState({ coherence: 0.1 })), {
      qos: 1,
      retain: true,
    });
    const context = {
      topics: createTopics(),
      openLink: broker.openLink,
      clock: systemClock,
      log: silentLog,
      session: 'ab12',
      version: '0.0.0',
    };
    const terminal = createTestTerminal(shape);
    const aborter = new AbortController();
    const watching = runWatch({ context, terminal, signal: aborter.signal });
    const publish = (topic: string, payload: string) => client.publishAsync(topic, payload, { qos: 1 });
    const shows = (text: string) => until(() => terminal.written.at(-1)?.includes(text) === true, text);
    const stop = async (): Promise<void> => {
      aborter.abort();
      await watching;
    };
    return { broker, terminal, watching, publish, shows, stop };
  }

  test('on a terminal the view follows the mesh, ten times a second at most, and leaves the cursor as it was', async () => {
    const { broker, terminal, publish, shows, stop } = await startWatch({
      isTTY: true,
      columns: 80,
      rows: 24,
    });
    await shows('waiting for the mesh');
    await publish('mesh/kitchen/phase', phase);
    await shows('kitchen  ');
    expect(terminal.written.at(-1)).toContain('waiting for the mesh');
    await publish('mesh/global/phase', phase);
    await publish('mesh/event', JSON.stringify(joined('kitchen')));
    await publish('mesh/global', JSON.stringify(aState()));
    await shows('node_joined kitchen');
    expect(terminal.written.at(-1)).toContain('kitchen  ');
    expect(terminal.written.at(-1)).toContain(' 0.810');
    expect(terminal.written.at(-1)).not.toContain('global  ');
    const before = terminal.written.length;
    const start = performance.now();
    for (let index = 0; index < 300; index += 1)
      await publish('mesh/global', JSON.stringify(aState({ coherence: index / 300 })));
    expect(terminal.written.length - before).toBeLessThanOrEqual((performance.now() - start) / 100 + 1);
    await publish('mesh/sync/status', JSON.stringify({ state: 'offline', session: 'k3f9' }));
    await shows('the sync worker is offline');
    await stop();
    expect(terminal.written[0]?.startsWith('\x1b[?25l')).toBe(true);
    expect(terminal.written.at(-1)).toBe('\x1b[?25h');
    await broker[Symbol.asyncDispose]();
  });

  test('elsewhere it is a line for each fresh state', async () => {
    const { broker, terminal, publish, stop } = await startWatch({});
    await publish('mesh/global', JSON.stringify(aState()));
    await publish('mesh/global', JSON.stringify(aState({ coherence: 0.2, unified: false, identity: null })));
    await until(() => terminal.written.length === 2, 'two lines');
    await stop();
    expect(terminal.written).toEqual([
      'coherence 0.810   threshold 0.75   order 0.94   p_chance 0.002   nodes 34 live of 40 known   hue 284   unified 0.79+0.25i\n',
      'coherence 0.200   threshold 0.75   order 0.94   p_chance 0.002   nodes 34 live of 40 known   hue 284   not yet one\n',
    ]);
    await broker[Symbol.asyncDispose]();
  });

  test('a broker that stops ends it with the reason', async () => {
    const { broker, watching } = await startWatch({});
    const failed = expect(watching).rejects.toMatchObject({ code: 'LINK_AWAY' });
    await broker.broker.close();
    await failed;
    await broker[Symbol.asyncDispose]();
  });
});
