import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import type { Check, Section } from '../../cli/doctor/check.js';
import { type CheckContext, checkInputs, checkOutputs } from '../../cli/doctor/check-configured.js';
import { checkKinds } from '../../cli/doctor/check-kinds.js';
import { checkLive } from '../../cli/doctor/check-live.js';
import { checkBroker, checkNode } from '../../cli/doctor/check-machine.js';
import { mendedByMesh } from '../../cli/doctor/mended-by-mesh.js';
import { probeWithin } from '../../cli/doctor/probe-within.js';
import type { LiveMesh } from '../../cli/doctor/read-live-mesh.js';
import { renderChecks } from '../../cli/doctor/render-checks.js';
import { wrapWords } from '../../cli/doctor/wrap-words.js';
import { defineInput, defineOutput, type Probe } from '../../contract/adapters.js';
import { createConfigSchema } from '../../contract/config/schema.js';
import type { InputStatus } from '../../contract/payloads/status.js';
import { createTopics } from '../../contract/topics.js';
import { createManualClock } from '../support/manual-clock.js';

const NOW = 1_800_000_000;
const plain = { columns: 100, colour: false };

/** An input whose probe does as it is told. */
const input = (name: string, probe?: (options: { pin: number }) => Promise<Probe>) =>
  defineInput({
    name,
    options: z.strictObject({ pin: z.int().default(4) }),
    ...(probe && { probe }),
    create: () => ({ run: async () => {} }),
  });
const hanging = () => new Promise<Probe>(() => {});

describe('a probe', () => {
  test('has three seconds', async () => {
    const clock = createManualClock();
    const asked = probeWithin(clock, hanging);
    await Promise.resolve();
    clock.advance(3);
    expect(await asked).toEqual({ ok: false, reason: 'gave no answer within 3 s' });
  });

  test('that throws, at once or later, cannot work', async () => {
    const clock = createManualClock();
    const broken = (): Promise<Probe> => {
      throw new Error('no such bus');
    };
    expect(await probeWithin(clock, broken)).toEqual({ ok: false, reason: 'no such bus' });
    expect(await probeWithin(clock, () => Promise.reject('odd'))).toEqual({ ok: false, reason: 'odd' });
  });
});

describe('kinds of adapters', () => {
  test('are probed all at once, with their defaults; what must be set is named', async () => {
    const clock = createManualClock();
    const asked = checkKinds(
      [
        input('works', async ({ pin }) => ({ ok: true, detail: `on pin ${pin}` })),
        input('bare'),
        input('fails', async () => ({ ok: false, reason: 'plug it in' })),
        input('hangs', hanging),
        input('hangs-too', hanging),
        {
          name: 'needy',
          options: z.strictObject({ url: z.string(), pin: z.int(), more: z.int().optional() }),
        },
      ],
      clock,
    );
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(3);
    expect((await asked).map(({ state, name, words }) => `${state} ${name}: ${words}`)).toEqual([
      'ok works: on pin 4',
      'ok bare: needs nothing of this machine',
      'warning fails: plug it in',
      'warning hangs: gave no answer within 3 s',
      'warning hangs-too: gave no answer within 3 s',
      'ok needy: needs: url, pin',
    ]);
  });
});

describe('what is configured', () => {
  const definitions = [
    input('pin', async ({ pin }) =>
      pin > 40 ? { ok: false, reason: `there is no pin ${pin}` } : { ok: true },
    ),
    defineInput({
      name: 'ear',
      options: z.strictObject({ topic: z.string(), broker: z.string().optional() }),
      hears: ({ topic, broker }) => ({ topic, brokerUrl: broker, fits: () => true }),
      create: () => ({ run: async () => {} }),
    }),
  ];
  const outputs = [
    defineOutput({
      name: 'horn',
      options: z.strictObject({ pin: z.int() }),
      probe: async ({ pin }) => ({ ok: true, detail: `pin ${pin}` }),
      create: () => ({ write() {} }),
    }),
  ];
  const schema = createConfigSchema(definitions, outputs);

  function contextOf(tried: string[]): CheckContext {
    const tryBroker = async (url: string): Promise<string | null> => {
      tried.push(url);
      return url.includes('away') ? 'no route' : null;
    };
    return { clock: createManualClock(), topics: createTopics(), inputs: definitions, outputs, tryBroker };
  }

  test('is probed with its own options, each broker tried once', async () => {
    const ear = (broker: string) => ({ adapter: 'ear', topic: 'a/b', broker });
    const { nodes = {}, outputs: configured } = schema.parse({
      nodes: {
        a: {
          inputs: {
            x: { adapter: 'pin', every: 1, encoder: 'trend', weight: 2 },
            y: { adapter: 'pin', pin: 41 },
          },
        },
        b: {
          inputs: { x: ear('mqtt://me:secret@here'), y: ear('mqtt://me:secret@here'), z: ear('mqtt://away') },
        },
      },
      outputs: { horn: { adapter: 'horn', pin: 7, source: 'zone/hall' } },
    });
    const tried: string[] = [];
    const said = [
      ...(await checkInputs(nodes, contextOf(tried))),
      ...(await checkOutputs(configured, contextOf(tried))),
    ];
    expect(said.map(({ state, name, words }) => `${state} ${name}: ${words}`)).toEqual([
      'ok a/x: pin: works here',
      'problem a/y: pin: there is no pin 41',
      'ok b/x: ear hears a/b on mqtt://here',
      'ok b/y: ear hears a/b on mqtt://here',
      'problem b/z: ear: the broker mqtt://away cannot be reached: no route',
      'ok horn: horn: pin 7',
    ]);
    expect(tried).toEqual(['mqtt://me:secret@here', 'mqtt://away']);
  });
});

describe('this machine', () => {
  test('needs Node 20', () => {
    expect(checkNode('v20.20.0', 'linux x64')).toEqual({
      state: 'ok',
      name: 'node',
      words: 'v20.20.0 on linux x64',
    });
    expect(checkNode('v18.19.1', 'linux x64')).toMatchObject({ state: 'problem' });
    expect(checkNode('odd', 'linux x64')).toMatchObject({ state: 'problem' });
  });

  test('needs a broker only where one is named', () => {
    expect(checkBroker('mqtt://h', null, true)).toMatchObject({ state: 'ok' });
    expect(checkBroker('mqtt://h', 'no route', true)).toMatchObject({ state: 'problem' });
    expect(checkBroker('mqtt://h', 'no route', false)).toMatchObject({ state: 'warning' });
  });
});

const status = (more: Partial<InputStatus> = {}): InputStatus => ({
  adapter: 'mqtt',
  encoder: 'trend',
  state: 'ok',
  z: { real: 1, imag: 0 },
  weight: 1,
  rate: 0.99999999,
  readings: 120,
  errors: 1,
  last: { value: 21.4800001, timestamp: NOW - 4 },
  ...more,
});
const mesh = (inputs: Record<string, InputStatus>, more: Partial<LiveMesh> = {}, toldAgo = 2): LiveMesh => ({
  sync: { state: 'online', session: 'k3f9' },
  nodes: new Map([['hall', { live: true, inputs, session: 'k3f9', timestamp: NOW - toldAgo }]]),
  offline: new Set(),
  ...more,
});

describe('the mesh that runs', () => {
  const second = (live: LiveMesh): string => {
    const check = checkLive(live, NOW)[1];
    return `${check?.state} ${check?.words}`;
  };
  const FIGURES = 'mqtt as trend, 1/s, 120 readings, 1 error, last 21.48 4 s ago';

  test.each<[string, LiveMesh, string]>([
    ['reads', mesh({ t: status() }), `ok ${FIGURES}`],
    [
      'has a reason',
      mesh({ t: status({ state: 'degraded', reason: 'unplugged' }) }),
      `warning unplugged; ${FIGURES}`,
    ],
    ['starts', mesh({ t: status({ state: 'starting' }) }), `warning waits for its first reading; ${FIGURES}`],
    [
      'is offline',
      mesh({ t: status() }, { offline: new Set(['hall']) }),
      `warning the node is offline; ${FIGURES}`,
    ],
    ['was told long ago', mesh({ t: status() }, {}, 7300), `warning told 2 h ago; ${FIGURES}`],
    ['was told days ago', mesh({ t: status() }, {}, 200_000), `warning told 2 d ago; ${FIGURES}`],
    [
      'reads pairs',
      mesh({ t: status({ readings: 1, errors: 0, last: { value: 1, imag: -2, timestamp: NOW - 300 } }) }),
      'ok mqtt as trend, 1/s, 1 reading, 0 errors, last 1 and -2 5 min ago',
    ],
  ])('an input that %s', (_, live, words) => {
    expect(second(live)).toBe(words);
  });

  test('has a sync worker, or not', () => {
    const words = (sync: LiveMesh['sync']) => checkLive({ ...mesh({}), sync }, NOW)[0];
    expect(words({ state: 'online', session: 'a', received: 4 })?.words).toBe(
      'is online; 4 messages received, 0 rejected',
    );
    expect(words({ state: 'offline', session: 'a' })?.state).toBe('warning');
    expect(words(undefined)?.state).toBe('warning');
  });

  test('is not listed without end', () => {
    const many = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`c${index}`, status()]));
    const checks = checkLive(mesh(many), NOW);
    expect(checks).toHaveLength(502);
    expect(checks.at(-1)?.words).toBe('and 100 more inputs');
  });

  test('may have in use what a probe cannot have, too', () => {
    const problem: Check = { state: 'problem', name: 'hall/t', words: 'microphone: busy' };
    expect(mendedByMesh(problem, mesh({ t: status() }), NOW)).toEqual({
      state: 'warning',
      name: 'hall/t',
      words: 'microphone: busy; but the mesh that runs reads it',
    });
    for (const live of [
      mesh({ t: status({ state: 'degraded' }) }),
      mesh({ other: status() }),
      mesh({ t: status() }, { offline: new Set(['hall']) }),
      mesh({ t: status() }, {}, 31),
      'no way to the mesh',
      undefined,
    ])
      expect(mendedByMesh(problem, live, NOW)).toBe(problem);
  });
});

describe('the table', () => {
  const section = (...checks: Check[]): Section[] => [{ title: 'this machine', checks }];

  test('reads well without colours', () => {
    const words = `taken by a broker: this mesh, or another that npm start -- --broker can use, as ${'x'.repeat(20)} does`;
    const long = 'a-node-with-a-name-that-is-far-too-long/temperature';
    expect(
      renderChecks(
        [
          ...section(
            { state: 'ok', name: 'node', words: 'v20' },
            { state: 'warning', name: 'mqtt://h:1', words },
            { state: 'problem', name: long, words: 'unplugged' },
          ),
          { title: 'empty', checks: [] },
        ],
        plain,
      ).split('\n'),
    ).toEqual([
      'this machine',
      '  ok       node        v20',
      '  warning  mqtt://h:1  taken by a broker: this mesh, or another that npm start -- --broker can use,',
      '                       as xxxxxxxxxxxxxxxxxxxx does',
      `  problem  ${long}`,
      '                       unplugged',
      '',
      '1 problem, 1 warning',
      '',
    ]);
  });

  test('is coloured where the terminal is', () => {
    const line = renderChecks(section({ state: 'ok', name: 'node', words: 'v20' }), {
      ...plain,
      colour: true,
    });
    expect(line).toContain('\x1b[38;2;0;160;60mok     \x1b[0m  node');
  });

  test('never outgrows its columns, and is safe whatever others wrote', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.lorem({ maxCount: 40 }),
      fc.constant('\u001b[2J\u009b\n'),
    );
    const check = fc.record({ state: fc.constantFrom('ok', 'warning', 'problem'), name: text, words: text });
    fc.assert(
      fc.property(fc.array(check), fc.integer({ min: 70, max: 100 }), (checks, columns) => {
        const table = renderChecks(section(...(checks as Check[])), { columns, colour: false });
        for (const line of table.split('\n')) {
          expect(line).toMatch(/^[\x20-\x7e\xa1-\xff]*$/);
          expect(line.length).toBeLessThanOrEqual(columns);
        }
      }),
    );
  });

  test('words are broken at spaces, and none is lost', () => {
    expect(wrapWords('one two  three', 7)).toEqual(['one two', 'three']);
    expect(wrapWords('', 5)).toEqual(['']);
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 30 }), (words, columns) => {
        const lines = wrapWords(words, columns);
        expect(lines.join('').replaceAll(' ', '')).toBe(words.replaceAll(' ', ''));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      }),
    );
  });
});
