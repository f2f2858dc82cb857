import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { HearOptions, OutputContext, TopicText } from '../../contract/adapters.js';
import { systemClock } from '../../contract/clock.js';
import { silentLog } from '../../contract/log.js';
import type { GlobalMessage } from '../../contract/payloads/global.js';
import { topicMatcher } from '../../contract/topic-filter.js';
import type { RecordedLog } from '../support/recorded-log.js';

/** A unified mesh of 34 nodes. */
export function aState(overrides: Partial<GlobalMessage> = {}): GlobalMessage {
  return {
    coherence: 0.81,
    phase: { real: 0.79, imag: 0.25 },
    identity: { real: 0.79, imag: 0.25 },
    threshold: 0.75,
    unified: true,
    order: { magnitude: 0.94, angle: 0.31, p_chance: 0.002 },
    nodes: { live: 34, known: 40 },
    messages: 1234,
    session: 'k3f9',
    sequence: 17,
    timestamp: '2026-11-23T23:00:00.000Z',
    ...overrides,
  };
}

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const phase = fc
  .tuple(unit, fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }))
  .map(([radius, angle]) => ({
    real: radius * Math.cos(angle),
    imag: radius * Math.sin(angle),
  }));

/** Any state that the schema allows a mesh to be in. */
export const anyState: fc.Arbitrary<GlobalMessage> = fc
  .record({
    coherence: unit,
    phase,
    threshold: unit,
    magnitude: unit,
    p_chance: unit,
    live: fc.nat(1000),
    more: fc.nat(1000),
  })
  .map(({ coherence, phase: z, threshold, magnitude, p_chance, live, more }) =>
    aState({
      coherence,
      phase: z,
      threshold,
      unified: coherence > threshold,
      identity: coherence > threshold ? z : null,
      order: { magnitude, angle: Math.atan2(z.imag, z.real), p_chance },
      nodes: { live, known: live + more },
    }),
  );

/** What a user sees of a log: without debug, a line as one object. */
export function shown({ lines }: RecordedLog): object[] {
  return lines
    .filter(({ level }) => level !== 'debug')
    .map(({ level, fields, message }) => ({ level, ...fields, message }));
}

/** A terminal that remembers what was written to it. */
export function createTestTerminal(shape: { isTTY?: boolean; columns?: number; rows?: number } = {}) {
  const written: string[] = [];
  return {
    ...shape,
    written,
    text: () => written.join(''),
    write: (text: string) => void written.push(text),
  };
}

/** Lets everything that can go on without time or I/O go on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What an output published, said and complained of, and how to say something to it. */
export interface OutputWorld {
  readonly context: OutputContext;
  readonly published: { readonly topic: string; readonly text: string; readonly retain: boolean }[];
  readonly said: string[];
  readonly complaints: (string | null)[];
  /** A message on any topic, for outputs that hear one. */
  send(topic: string, text: string, retained?: boolean): void;
}

/** An output's surroundings; the clock is the machine's unless given. */
export function createOutputWorld(overrides: Partial<OutputContext> = {}): OutputWorld {
  const published: { topic: string; text: string; retain: boolean }[] = [];
  const said: string[] = [];
  const complaints: (string | null)[] = [];
  const ears = new Set<{ filter: string; handler: (message: TopicText) => void; options: HearOptions }>();
  const context: OutputContext = {
    name: 'bench',
    clock: systemClock,
    log: silentLog,
    terminal: createTestTerminal(),
    dataFolder: join(tmpdir(), 'becomingone-test-no-such-folder'),
    publish(topic, text, { retain = false } = {}) {
      published.push({ topic, text, retain });
      return true;
    },
    say(text) {
      said.push(text);
      return true;
    },
    async hear(filter, handler, options = {}) {
      const ear = { filter, handler, options };
      ears.add(ear);
      return () => ears.delete(ear);
    },
    degrade: (reason) => complaints.push(reason),
    ...overrides,
  };
  return {
    context,
    published,
    said,
    complaints,
    send(topic, text, retained = false) {
      for (const { filter, handler, options } of ears) {
        if (topicMatcher(filter)(topic) && (options.retained === true || !retained))
          handler({ topic, text, retained });
      }
    },
  };
}
