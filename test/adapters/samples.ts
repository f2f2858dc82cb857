import fc from 'fast-check';
import type { GlobalMessage } from '../../contract/payloads/global.js';
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
