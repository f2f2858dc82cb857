import { z } from 'zod';
import type { InputDefinition, OutputDefinition } from '../adapters.js';
import { brokerUrlSchema } from '../broker-url.js';
import { nodeNameSchema, plainNameSchema, zoneNameSchema } from '../names.js';
import { durationSchema } from './duration.js';
import { encoderSchema } from './encoder.js';
import { BUILT_IN_HARDWARE, hardwareSchema } from './hardware.js';
import { nodeKeySchema, templateFaults } from './template-faults.js';
import { zonesSchema } from './zones.js';

const share = z.number().min(0).max(1);

export const meshSchema = z.strictObject({
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, 'topic levels of A-Za-z0-9._- such as mesh or house/mesh')
    .default('mesh')
    .describe('the first levels of every topic'),
  threshold: share.default(0.75).describe('coherence above which the mesh is unified'),
  collapse: z
    .number()
    .gt(0)
    .max(1)
    .default(0.8)
    .describe('|resonance|^2 from which the mesh counts as collapsed'),
  rate: z.number().min(0.1).max(1000).default(10).describe('global messages a second, at most'),
  stale: z
    .strictObject({
      intervals: z.number().min(1).default(3).describe('publishing intervals a node may be silent'),
      at_least: durationSchema().prefault('5s').describe('a node may be silent for so long at the least'),
      unannounced: durationSchema().prefault('60s').describe('for nodes that never sent an info'),
      policy: z
        .enum(['drop', 'hold', 'decay', 'fail'])
        .default('drop')
        .describe(
          'what a silent node does: leaves, stays as it was, fades with tau_base, takes the identity with it',
        ),
      forget_after: durationSchema().prefault('24h').describe('a node silent for so long is no longer known'),
    })
    .prefault({}),
  emergence: z
    .strictObject({
      min_nodes: z.int().min(1).default(1).describe('live nodes a unified mesh has at the least'),
      hysteresis: share.default(0).describe('how far coherence must fall below the threshold to dissolve'),
      p_chance: z
        .number()
        .gt(0)
        .max(1)
        .nullable()
        .default(null)
        .describe('the largest p_chance that still counts'),
    })
    .prefault({}),
});
export type MeshConfig = z.output<typeof meshSchema>;

export const brokerSchema = z.strictObject({
  listen: z
    .array(z.string())
    .min(1)
    .default(['mqtt://127.0.0.1:1883'])
    .describe('mqtt:// and ws:// addresses'),
  url: brokerUrlSchema.optional().describe('use this broker instead of the embedded one'),
  allow_anonymous: z.boolean().default(false).describe('serve beyond this machine without users'),
});
export type BrokerConfig = z.output<typeof brokerSchema>;

export const httpSchema = z.strictObject({
  listen: z
    .string('HOST:PORT such as 127.0.0.1:8080')
    .regex(/^(\[[^\]]+\]|[^:\s]+):\d{1,5}$/, 'HOST:PORT such as 127.0.0.1:8080')
    .default('127.0.0.1:8080')
    .describe('HTTP, and MQTT over WebSocket at /mqtt'),
});

export const adoptSchema = z.strictObject({
  enabled: z.boolean().optional().describe('true in up, false in node-agent, unless given'),
  max_nodes: z.int().min(0).max(100_000).default(1000).describe('how many nodes are adopted at most'),
  forget_after: durationSchema().prefault('1h').describe('a node without input for so long is let go'),
});
export type AdoptConfig = z.output<typeof adoptSchema>;

/** The adapter of an input that is fed by its own topic. */
export const TOPIC_INPUT = 'mqtt-input';

const oscillatorSchema = z.strictObject({
  frequency: z.number().min(-1000).max(1000).describe('natural frequency, hertz'),
  coupling: z.number().min(-1e6).max(1e6).default(0).describe('K, radians a second, to the whole mesh'),
  phase: z.number().default(0).describe('radians at the start'),
});

function inputSchema(definitions: readonly InputDefinition[]) {
  const shared = {
    encoder: encoderSchema.optional().describe("the adapter's own, else by the channel's name"),
    every: durationSchema(0.001, 86_400)
      .optional()
      .describe("seconds between readings; the adapter's own unless given"),
    weight: z.number().positive().max(1e6).default(1).describe("among the node's inputs"),
  };
  const kinds = definitions.map((definition) => {
    const adapter = z.literal(definition.name);
    const named = definition.name === TOPIC_INPUT ? adapter.optional() : adapter;
    return z.strictObject({ adapter: named, ...shared, ...definition.options.shape });
  });
  return z.discriminatedUnion(
    'adapter',
    kinds as unknown as [z.ZodObject<{ adapter: z.ZodLiteral<string> } & typeof shared>],
  );
}

function nodeSchema(inputs: readonly InputDefinition[]) {
  return z.strictObject({
    hardware: z.string().optional().describe('a preset of hardware:'),
    tau_base: durationSchema()
      .optional()
      .describe("how fast the local phase follows; its hardware's unless given"),
    tau_max: durationSchema()
      .optional()
      .describe("the longest lag of its resonance; its hardware's unless given"),
    alpha: z
      .number()
      .gt(0)
      .max(1)
      .optional()
      .describe('a constant share of the new reading instead of tau_base'),
    weight: z
      .number()
      .positive()
      .max(1e6)
      .optional()
      .describe("in the mesh's phase; its hardware's, else 1, unless given"),
    zone: zoneNameSchema.optional().describe('the zone it belongs to, whatever the globs of zones say'),
    interval: durationSchema(0.001, 86_400)
      .optional()
      .describe('between phase messages; tau_base within 0.1 .. 1 s unless given'),
    oscillator: oscillatorSchema.optional().describe('follow the mesh instead of reading inputs'),
    inputs: z.record(plainNameSchema, inputSchema(inputs)).default({}),
  });
}

const weSchema = z.array(z.union([z.tuple([nodeNameSchema, nodeNameSchema]), zoneNameSchema]));

function outputSchema(definitions: readonly OutputDefinition[]) {
  const source = z
    .string()
    .regex(/^(global|zone\/[A-Za-z0-9._-]{1,64})$/, 'global or zone/<zone>')
    .default('global')
    .describe('what it follows: global, or zone/<zone>');
  const kinds = definitions.map((definition) =>
    z.strictObject({ adapter: z.literal(definition.name), source, ...definition.options.shape }),
  );
  return z.discriminatedUnion(
    'adapter',
    kinds as unknown as [z.ZodObject<{ adapter: z.ZodLiteral<string>; source: typeof source }>],
  );
}

/** The whole configuration; every key has a default and unknown keys are an error. */
export function createConfigSchema(inputs: readonly InputDefinition[], outputs: readonly OutputDefinition[]) {
  return z
    .strictObject({
      mesh: meshSchema.prefault({}),
      broker: brokerSchema.prefault({}),
      http: httpSchema.prefault({}),
      hardware: z
        .record(plainNameSchema, hardwareSchema)
        .default({})
        .transform((own) => ({ ...BUILT_IN_HARDWARE, ...own })),
      nodes: z
        .record(nodeKeySchema, nodeSchema(inputs))
        .optional()
        .describe("this host's own signals unless given"),
      adopt: adoptSchema.prefault({}),
      zones: zonesSchema.default({}),
      we: weSchema
        .default([])
        .describe('pairs of nodes whose bond is watched, or a zone of at most 50 nodes for all of its pairs'),
      outputs: z.record(plainNameSchema, outputSchema(outputs)).default({}),
    })
    .superRefine((config, context) => {
      for (const [name, node] of Object.entries(config.nodes ?? {})) {
        for (const { path, message } of templateFaults(name, node.inputs, inputs)) {
          context.addIssue({ code: 'custom', path: ['nodes', name, ...path], message });
        }
        if (node.hardware === undefined || Object.hasOwn(config.hardware, node.hardware)) continue;
        const message = `one of ${Object.keys(config.hardware).join(', ')}`;
        context.addIssue({ code: 'custom', path: ['nodes', name, 'hardware'], message });
      }
    });
}

export type Config = z.output<ReturnType<typeof createConfigSchema>>;
export type NodeConfig = NonNullable<Config['nodes']>[string];
export type InputConfig = NodeConfig['inputs'][string];
export type OutputConfig = Config['outputs'][string];
