import type { z } from 'zod';
import { agentMessageSchema } from './payloads/agent.js';
import { errorMessageSchema } from './payloads/error.js';
import { eventMessageSchema } from './payloads/event.js';
import { globalMessageSchema, zoneMessageSchema } from './payloads/global.js';
import { availabilitySchema, infoMessageSchema } from './payloads/info.js';
import { inputMessageSchema } from './payloads/input.js';
import { outputStatusSchema, outputTextSchema } from './payloads/output.js';
import { phaseMessageSchema } from './payloads/phase.js';
import { resonanceMessageSchema } from './payloads/resonance.js';
import { nodeSetSchema } from './payloads/set.js';
import { statusMessageSchema } from './payloads/status.js';
import { syncResultSchema, syncSetSchema, syncStatusSchema } from './payloads/sync.js';
import { weMessageSchema } from './payloads/we.js';

/** What stands about one topic: enough to build it, parse it, publish on it and document it. */
export interface TopicSpec {
  /** Levels under the prefix; `<name>` is a parameter of one level. */
  readonly pattern: string;
  readonly publisher: string;
  readonly qos: 0 | 1 | 'any';
  readonly retained: boolean;
  readonly payload: z.ZodType;
  /** A larger payload is refused before it is parsed, so that one publisher cannot slow the others. */
  readonly mostBytes: number;
  readonly summary: string;
}

/** A reading, a phase or a command, with room for keys that nobody knows. */
const SMALL_BYTES = 8 * 1024;
/** Far above any state. */
const STATE_BYTES = 64 * 1024;
/** Births and the lists of agents may be long: the largest packet that the broker takes. */
const LIST_BYTES = 256 * 1024;

/** Every topic of the mesh, spelled once: code, topics.md and the JSON schemas all read this table. */
export const TOPIC_TABLE = {
  phase: {
    pattern: '<node>/phase',
    publisher: 'the node, or any MQTT client',
    qos: 0,
    retained: false,
    payload: phaseMessageSchema,
    mostBytes: SMALL_BYTES,
    summary: "A node's local phase and coherence.",
  },
  input: {
    pattern: '<node>/input/<channel>',
    publisher: 'any MQTT client',
    qos: 'any',
    retained: false,
    payload: inputMessageSchema,
    mostBytes: SMALL_BYTES,
    summary: 'One reading of a sensor: a bare number or an object.',
  },
  availability: {
    pattern: '<node>/availability',
    publisher: 'the node, its last will, or the sync worker on its behalf',
    qos: 1,
    retained: true,
    payload: availabilitySchema,
    mostBytes: SMALL_BYTES,
    summary: 'Whether the node is there: the bare word online or offline.',
  },
  info: {
    pattern: '<node>/info',
    publisher: 'the node',
    qos: 1,
    retained: true,
    payload: infoMessageSchema,
    mostBytes: LIST_BYTES,
    summary: "The node's birth: who it is and how it publishes.",
  },
  resonance: {
    pattern: '<node>/resonance',
    publisher: 'the node',
    qos: 0,
    retained: false,
    payload: resonanceMessageSchema,
    mostBytes: STATE_BYTES,
    summary: "A node's temporal resonance over all lags, and its witness.",
  },
  status: {
    pattern: '<node>/status',
    publisher: 'the node',
    qos: 0,
    retained: true,
    payload: statusMessageSchema,
    mostBytes: LIST_BYTES,
    summary: "How a node's inputs are: what each reads, how often, and what is wrong.",
  },
  set: {
    pattern: '<node>/set',
    publisher: 'any client with the right',
    qos: 1,
    retained: false,
    payload: nodeSetSchema,
    mostBytes: SMALL_BYTES,
    summary: 'Changes a node at run time.',
  },
  error: {
    pattern: '<node>/error',
    publisher: 'sync worker, node agent',
    qos: 0,
    retained: false,
    payload: errorMessageSchema,
    mostBytes: SMALL_BYTES,
    summary: "Why this node's last message was rejected; at most one a second a node.",
  },
  agent: {
    pattern: 'agent/<agent>',
    publisher: 'node agent and its last will',
    qos: 1,
    retained: true,
    payload: agentMessageSchema,
    mostBytes: LIST_BYTES,
    summary: 'Which nodes an agent serves, and whether it is there.',
  },
  global: {
    pattern: 'global',
    publisher: 'sync worker',
    qos: 1,
    retained: true,
    payload: globalMessageSchema,
    mostBytes: STATE_BYTES,
    summary: 'The state of the whole mesh.',
  },
  zone: {
    pattern: 'zone/<zone>',
    publisher: 'sync worker',
    qos: 1,
    retained: true,
    payload: zoneMessageSchema,
    mostBytes: STATE_BYTES,
    summary: 'The state of a zone, and its mergeable sums.',
  },
  we: {
    pattern: 'we/<a>/<b>',
    publisher: 'sync worker',
    qos: 0,
    retained: true,
    payload: weMessageSchema,
    mostBytes: SMALL_BYTES,
    summary: 'The bond of two nodes, a < b.',
  },
  event: {
    pattern: 'event',
    publisher: 'sync worker',
    qos: 1,
    retained: false,
    payload: eventMessageSchema,
    mostBytes: STATE_BYTES,
    summary: 'Something that happened.',
  },
  outputStatus: {
    pattern: 'output/<output>/status',
    publisher: 'the output',
    qos: 0,
    retained: true,
    payload: outputStatusSchema,
    mostBytes: SMALL_BYTES,
    summary: 'How an output is, and what is wrong with it.',
  },
  outputText: {
    pattern: 'output/<output>/text',
    publisher: 'an output that speaks',
    qos: 1,
    retained: false,
    payload: outputTextSchema,
    mostBytes: STATE_BYTES,
    summary: 'What the mesh says in words: plain text.',
  },
  syncSet: {
    pattern: 'sync/set',
    publisher: 'any client with the right',
    qos: 1,
    retained: false,
    payload: syncSetSchema,
    mostBytes: SMALL_BYTES,
    summary: 'Changes the mesh at run time; null clears a change.',
  },
  syncResult: {
    pattern: 'sync/result',
    publisher: 'sync worker',
    qos: 1,
    retained: false,
    payload: syncResultSchema,
    mostBytes: SMALL_BYTES,
    summary: 'The answer to a message on sync/set.',
  },
  syncStatus: {
    pattern: 'sync/status',
    publisher: 'sync worker and its last will',
    qos: 1,
    retained: true,
    payload: syncStatusSchema,
    mostBytes: STATE_BYTES,
    summary: 'Whether a sync worker serves the mesh, and what it counted.',
  },
} as const satisfies Record<string, TopicSpec>;

export type TopicName = keyof typeof TOPIC_TABLE;
