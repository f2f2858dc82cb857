import type { z } from 'zod';
import type { Clock } from './clock.js';
import type { EncoderConfig } from './config/encoder.js';
import type { Instant } from './instant.js';
import type { Log } from './log.js';
import type { EventMessage } from './payloads/event.js';
import type { GlobalMessage } from './payloads/global.js';

/** One reading of a sensor: a number, or a complex number if `imag` is given; now unless `at` is given. */
export interface Reading {
  readonly value: number;
  readonly imag?: number;
  readonly at?: Instant;
}

/** What an input gets from the agent that runs it. */
export interface InputContext {
  readonly clock: Clock;
  readonly log: Log;
  /** Seconds between two readings, for an input that samples; 1 unless the definition or the configuration says. */
  readonly everySeconds: number;
  emit(reading: Reading): void;
  /** Counts a reading that could not be used and tells the mesh why, in one sentence. */
  reject(reason: string): void;
  /** Delivers the text of every message on this input's own topic, until the returned function is called. */
  onMessage(handler: (text: string) => void): () => void;
}

/** A sensor that runs. */
export interface Input {
  /**
   * Reads until `signal` aborts, then resolves within 200 ms.
   * A rejection means that the source died: the agent starts the input again with backoff.
   */
  run(signal: AbortSignal): Promise<void>;
}

export type Probe = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** A kind of sensor: what it is called, what can be set, and how one is made. */
export interface InputDefinition<Options extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly options: Options;
  /** Seconds between two readings unless the configuration says otherwise; none where they come as they come. */
  readonly everySeconds?: number;
  /** How its readings become a phase unless the configuration says otherwise; else by the channel's name. */
  readonly encoder?: EncoderConfig;
  /** Whether it can work on this machine, and if not what to do, in words. */
  probe?(options: z.output<Options>): Promise<Probe>;
  create(options: z.output<Options>, context: InputContext): Input;
}

export function defineInput<Options extends z.ZodObject>(
  definition: InputDefinition<Options>,
): InputDefinition<Options> {
  return definition;
}

/** What an output gets from whoever runs it. */
export interface OutputContext {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Where an output that speaks to a person in the terminal writes. */
  readonly terminal: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
}

/** What an output throws when it may succeed later: the newest state is then written after `afterSeconds`. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly afterSeconds: number;

  constructor(reason: string, afterSeconds: number, options?: ErrorOptions) {
    super(reason, options);
    this.afterSeconds = afterSeconds;
  }
}

/**
 * Something that shows, sounds or moves as the mesh does. Each call is awaited before the next, and only the
 * newest state waits: a slow output skips states, and delays no other. A rejection is logged and counted.
 */
export interface Output {
  /** A fresh state of the mesh or the zone it follows; `signal` aborts when it holds no more: at silence and at stop. */
  write(state: GlobalMessage, signal: AbortSignal): Promise<void> | void;
  /** An event of the mesh; a bounded number waits. */
  event?(event: EventMessage, signal: AbortSignal): Promise<void> | void;
  /** The mesh has gone: stop, go dark, fall silent. `reason` is a sentence. */
  quiet?(reason: string): Promise<void> | void;
  close?(): Promise<void> | void;
}

/** A kind of output: what it is called, what can be set, and how one is made. */
export interface OutputDefinition<Options extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly options: Options;
  probe?(options: z.output<Options>): Promise<Probe>;
  create(options: z.output<Options>, context: OutputContext): Output;
}

export function defineOutput<Options extends z.ZodObject>(
  definition: OutputDefinition<Options>,
): OutputDefinition<Options> {
  return definition;
}
