import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { z } from 'zod';
import { defineInput, defineOutput } from '../../contract/adapters.js';
import { loadConfig, parseConfig } from '../../contract/config/load.js';
import { resolveNode, weightOf } from '../../contract/config/resolve.js';
import { createConfigSchema } from '../../contract/config/schema.js';
import { MeshError } from '../../contract/errors.js';

const input = (name: string, options: z.ZodObject = z.strictObject({})) =>
  defineInput({ name, options, everySeconds: () => 1, create: () => ({ run: async () => {} }) });
const output = (name: string, options: z.ZodObject = z.strictObject({})) =>
  defineOutput({ name, options, create: () => ({ write() {} }) });

/** An input that hears a topic. */
const hearing = defineInput({
  name: 'hearing',
  options: z.strictObject({ topic: z.string() }),
  hears: ({ topic }) => ({ topic, brokerUrl: undefined, fits: () => true }),
  create: () => ({ run: async () => {} }),
});

const schema = createConfigSchema(
  [
    input('mqtt-input'),
    input('synthetic', z.strictObject({ frequency: z.number().positive().default(1) })),
    hearing,
  ],
  [output('display'), output('api', z.strictObject({ url: z.url() }))],
);
const parse = (yaml: string) => parseConfig(yaml, 'mesh.yaml', schema);
const faults = (yaml: string): string => {
  try {
    parse(yaml);
  } catch (error) {
    if (error instanceof MeshError && error.code === 'CONFIG_INVALID') return error.message;
    throw error;
  }
  return 'valid';
};

test('nothing at all means every default of the contract', () => {
  for (const nothing of ['', '\n', '# only a comment\n', '{}', 'null']) {
    expect(parse(nothing)).toMatchObject({
      mesh: {
        prefix: 'mesh',
        threshold: 0.75,
        collapse: 0.8,
        rate: 10,
        stale: { intervals: 3, at_least: 5, unannounced: 60, policy: 'drop' },
        emergence: { min_nodes: 1, hysteresis: 0, p_chance: null },
      },
      broker: { listen: ['mqtt://127.0.0.1:1883'], allow_anonymous: false },
      http: { listen: '127.0.0.1:8080' },
      hardware: { 'pi-zero': { tau_base: 0.01, tau_max: 1, weight: 1 }, cloud: { weight: 4 } },
      adopt: { max_nodes: 1000, forget_after: 3600 },
      zones: {},
      outputs: {},
    });
    expect(parse(nothing).nodes).toBeUndefined();
  }
});

test('durations are seconds, or a number with its unit', () => {
  const atLeast = (text: string) => parse(`mesh: { stale: { at_least: ${text} } }`).mesh.stale.at_least;
  expect(['10ms', '0.5s', '5m', '1h', '2d', '7', '0.25'].map(atLeast)).toEqual([
    0.01, 0.5, 300, 3600, 172_800, 7, 0.25,
  ]);
});

test('an input without adapter is fed by its topic; an adapter brings its own options', () => {
  const { nodes } = parse(
    'nodes: { a: { inputs: { t: {}, s: { adapter: synthetic, encoder: { name: level, min: 0, max: 4 } } } } }',
  );
  expect(nodes?.a?.inputs).toEqual({
    t: { weight: 1 },
    s: { adapter: 'synthetic', weight: 1, frequency: 1, encoder: { name: 'level', min: 0, max: 4 } },
  });
});

describe('what is wrong is said with its line, its column, what was found and what was expected', () => {
  test.each([
    ['mesh:\n  threshold: high', 'mesh.yaml:2:14: mesh.threshold: found "high", expected a finite number'],
    ['mesh: { threshold: 1.5 }', 'mesh.threshold: found 1.5, expected a number at most 1'],
    [
      'mesh: { threshhold: 1 }',
      'mesh.yaml:1:9: mesh.threshhold: found the unknown key "threshhold", expected perhaps "threshold"',
    ],
    ['zone: {}', 'found the unknown key "zone", expected perhaps "zones"'],
    ['quux: 1', 'expected one of mesh, broker, http, hardware, nodes, adopt, zones, we, outputs'],
    ['mesh: { prefix: "a//b" }', 'mesh.prefix: found "a//b", expected topic levels'],
    ['mesh: { stale: { at_least: soon } }', 'found "soon", expected a duration such as 10ms, 0.5s, 5m or 1h'],
    ['mesh: { stale: { policy: panic } }', 'found "panic", expected one of drop, hold, decay, fail'],
    ['broker: { listen: [] }', 'broker.listen: found [], expected a number of entries at least 1'],
    [
      'broker: { url: "localhost" }',
      'broker.url: found "localhost", expected a broker address such as mqtt://',
    ],
    ['http: { listen: 8080 }', 'http.listen: found 8080, expected HOST:PORT'],
    ['nodes: []', 'nodes: found [], expected an object'],
    ['nodes: { global: {} }', 'nodes.global: found "global", expected a node name that is not reserved'],
    ['nodes: { "my node": {} }', 'found "my node", expected a name of 1 to 64 letters'],
    ['nodes: { a: { hardware: pi-9 } }', 'nodes.a.hardware: found "pi-9", expected one of pi-2, pi-zero'],
    [
      'nodes: { "a-{b}": { inputs: { t: {} } } }',
      'inputs.t.adapter: found nothing, expected hearing, because the node is called a-{b}',
    ],
    [
      'nodes: { "a-{b}": { inputs: { t: { adapter: hearing, topic: "x/{c}" } } } }',
      'inputs.t.topic: found "x/{c}", expected a topic with {b}, as the node\'s name has',
    ],
    [
      'nodes: { a: { inputs: { t: { adapter: hearing, topic: "x/{c}" } } } }',
      'expected a topic without {c}, or a node whose name has it, such as a-{c}',
    ],
    ['nodes: { "{b} c": {} }', 'found "{b} c", expected a name of 1 to 64 letters'],
    ['nodes: { a: { alpha: 0 } }', 'nodes.a.alpha: found 0, expected a number above 0'],
    [
      'nodes: { a: { inputs: { t: { adapter: nope } } } }',
      'found "nope", expected one of mqtt-input, synthetic',
    ],
    ['nodes: { a: { inputs: { t: { encoder: levle } } } }', 'found "levle", expected one of level, trend'],
    [
      'nodes: { a: { inputs: { t: { encoder: { name: level, min: 3, max: 1 } } } } }',
      'encoder.max: found 1, expected a number above min (3)',
    ],
    [
      'nodes: { a: { inputs: { t: { encoder: { name: level, min: 3 } } } } }',
      'expected both min and max, or neither',
    ],
    [
      'nodes: { a: { inputs: { t: { adapter: synthetic, frequency: -1 } } } }',
      'inputs.t.frequency: found -1, expected a number above 0',
    ],
    ['nodes: { a: { inputs: { t: { frequency: 1 } } } }', 'found the unknown key "frequency"'],
    ['zones: { phase: {} }', 'zones.phase: found "phase", expected a zone name that is not reserved'],
    ['zones: { a: { parent: b } }', 'zones.a.parent: found "b", expected one of a'],
    [
      'zones: { a: { parent: b }, b: { parent: a } }',
      'expected a parent that is not the zone itself or below it',
    ],
    ['outputs: { hook: { adapter: api } }', 'outputs.hook.url: found nothing, expected text'],
    [
      'outputs: { hook: { adapter: display, source: kitchen } }',
      'source: found "kitchen", expected global or zone/<zone>',
    ],
    ['mesh: [', 'mesh.yaml:1:'],
    ['a: 1\na: 2', 'found broken YAML'],
    ['- 1', 'the whole file: found [1], expected an object'],
  ])('%j', (yaml, sentence) => {
    expect(faults(yaml)).toContain(sentence);
  });
});

test('all faults of a file are named at once', () => {
  const text = faults('mesh: { threshold: 2, rate: 0 }\nnodes: { a: { weight: heavy } }\n');
  expect(text.match(/mesh\.yaml:\d+:\d+: /g)).toHaveLength(3);
});

test('whatever the file holds, it is valid or every fault has a place, and nothing else is ever thrown', () => {
  const keys = fc.constantFrom(
    'mesh',
    'nodes',
    'zones',
    'outputs',
    'inputs',
    'a',
    'threshold',
    'stale',
    'adapter',
    'encoder',
    'listen',
    'x y',
  );
  const scalar = fc.oneof(
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom('synthetic', '1s', 'level'),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      scalar,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(keys, tie('tree'), { maxKeys: 4 }),
    ),
  }));
  const broken = fc.oneof(
    tree.map((value) => stringify(value)),
    fc.tuple(tree, fc.nat(200), fc.string({ maxLength: 3 })).map(([value, at, noise]) => {
      const text = stringify(value);
      return text.slice(0, at) + noise + text.slice(at);
    }),
    fc.string({ unit: fc.constantFrom(...'{}[]:,-&*!|>"\'#%@ \n\tab1') }),
  );
  fc.assert(
    fc.property(broken, (yaml) => {
      const text = faults(yaml);
      if (text === 'valid') return;
      expect(text).toMatch(
        /^The configuration is not valid\. \(\n( {2}mesh\.yaml:\d+:\d+: [\s\S]*found [\s\S]+, expected [\s\S]+\n)+\)$/,
      );
    }),
    { numRuns: 1000 },
  );
});

test('a file that is not there is named', async () => {
  await expect(loadConfig('/nowhere/mesh.yaml', schema)).rejects.toMatchObject({
    code: 'CONFIG_UNREADABLE',
    message: expect.stringContaining('/nowhere/mesh.yaml'),
  });
});

test('a file on disk is read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'becomingone-config-'));
  await writeFile(join(folder, 'mesh.yaml'), 'mesh: { threshold: 0.5 }');
  expect((await loadConfig(join(folder, 'mesh.yaml'), schema)).mesh.threshold).toBe(0.5);
  await rm(folder, { recursive: true });
});

test("a node's settings come from itself, else its hardware, else pi-4; unnamed hardware weighs 1", () => {
  const config = parse(`
hardware: { esp: { tau_base: 50ms, tau_max: 2s, weight: 3 } }
nodes:
  bare: {}
  slow: { hardware: pi-2 }
  own: { hardware: esp, tau_base: 4s, weight: 0.5 }
  esp: { hardware: esp }
`);
  const settings = (name: string) => resolveNode(config.nodes?.[name] ?? {}, config.hardware);
  expect(settings('bare')).toMatchObject({
    hardware: 'pi-4',
    tauBaseSeconds: 1,
    tauMaxSeconds: 60,
    intervalSeconds: 1,
  });
  expect(settings('slow')).toMatchObject({ tauBaseSeconds: 60, intervalSeconds: 1 });
  expect(settings('own')).toMatchObject({ tauBaseSeconds: 4, tauMaxSeconds: 2, intervalSeconds: 1 });
  expect(settings('esp')).toMatchObject({ tauBaseSeconds: 0.05, intervalSeconds: 0.1 });
  expect(['bare', 'slow', 'own', 'esp', 'stranger'].map((name) => weightOf(name, config))).toEqual([
    1, 1, 0.5, 3, 1,
  ]);
});

test("a device's node is configured by the node whose name has placeholders, unless by its own", () => {
  const hears = '{ adapter: hearing, topic: "x/{device}" }';
  const config = parse(
    `nodes: { "z2m-{device}": { weight: 3, inputs: { t: ${hears} } }, z2m-lamp: { weight: 5 }, other: {} }`,
  );
  expect(weightOf('z2m-plug', config)).toBe(3);
  expect(weightOf('z2m-lamp', config)).toBe(5);
  expect(weightOf('z2m', config)).toBe(1);
  expect(weightOf('other', config)).toBe(1);
});
