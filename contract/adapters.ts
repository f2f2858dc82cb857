import type { z } from 'zod';
import type { Clock } from './clock.js';
import type { EncoderConfig } from './config/encoder.js';
import type { Instant } from './instant.js';
import type { PublishOptions } from './link.js';
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
  /** Counts a reading that could not be used and tells the mesh why, in one sentence; the last good one stands. */
  reject(reason: string): void;
  /**
   * Says, in one sentence, why its source gives nothing for now, while the input goes on waiting for it: what was
   * read before counts no more, until the next reading.
   */
  lose(reason: string): void;
  /** Delivers the text of every message on this input's own topic, until the returned function is called. */
  onMessage(handler: (text: string) => void): () => void;
  /**
   * Hears the live messages of a topic filter until the returned function is called or the input has ended.
   *
   * @returns resolves once it stands; a broker that is away is waited for, without end.
   */
  hear(filter: string, handler: (message: TopicText) => void, options?: HearOptions): Promise<() => void>;
}

export interface HearOptions {
  /** Another broker than the mesh's own; may hold a user and a password. */
  readonly brokerUrl?: string | undefined;
  /** Whether to hear what the broker had kept from before, too. */
  readonly retained?: boolean;
  /** Called with a sentence when the broker cannot be reached, and after `away` with null when it is there again. */
  away?(reason: string | null): void;
}

/** A message on any topic. */
export interface TopicText {
  readonly topic: string;
  readonly text: string;
  /** Whether the broker had kept it from before. */
  readonly retained: boolean;
}

/** A sensor that runs. */
export interface Input {
  /**
   * Reads until `signal` aborts, then resolves within 200 ms.
   * A rejection means that the source died: the agent starts the input again with backoff.
   */
  run(signal: AbortSignal): Promise<void>;
}

/** Whether an adapter can work on this machine: `detail` says with what, `reason` why not and what to do. */
export type Probe =
  | { readonly ok: true; readonly detail?: string }
  | { readonly ok: false; readonly reason: string };

/** A kind of sensor: what it is called, what can be set, and how one is made. */
export interface InputDefinition<Options extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly options: Options;
  /** Seconds between two readings unless the configuration says otherwise; none where they come as they come. */
  everySeconds?(options: z.output<Options>): number | undefined;
  /** How its readings become a phase unless the configuration says otherwise; else by the channel's name. */
  encoder?(options: z.output<Options>): EncoderConfig | undefined;
  /** Whether it can work on this machine, and if not what to do, in words. */
  probe?(options: z.output<Options>): Promise<Probe>;
  /** Given by inputs that hear topics, so that a node whose name has placeholders comes to be when a message fits. */
  hears?(options: z.output<Options>): HeardTopic;
  create(options: z.output<Options>, context: InputContext): Input;
}

/** What an input hears: the topic may have placeholders, `{device}` for one level and `{device*}` for several. */
export interface HeardTopic {
  readonly topic: string;
  readonly brokerUrl: string | undefined;
  /** Whether a message on it is one that the input can read. */
  fits(text: string): boolean;
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
  /** A folder of the output's own for what must outlive the process; the output makes it. */
  readonly dataFolder: string;
  /** Says something in words to whoever listens, on `<prefix>/output/<name>/text`; false when it was dropped. */
  say(text: string): boolean;
  /** Publishes on any topic of the mesh's broker, QoS 0 unless given; false when it was dropped, as by a Link. */
  publish(topic: string, text: string, options?: Partial<PublishOptions>): boolean;
  /** As an input hears, see {@link InputContext.hear}; until the output is closed at the latest. */
  hear: InputContext['hear'];
  /** Says in a sentence that it does not do what it should, though no call has failed; null when it does again. */
  degrade(reason: string | null): void;
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
 * Something that shows, sounds or moves as the mesh does. States come one at a time, and only the newest waits: a slow
 * output skips states, and delays no other. Events come one at a time beside them. A rejection is logged and counted.
 */
export interface Output {
  /** A fresh state of the mesh or the zone it follows; `signal` aborts when it holds no more: at silence and at stop. */
  write(state: GlobalMessage, signal: AbortSignal): Promise<void> | void;
  /** An event of the mesh, in order; a bounded number waits. `signal` aborts at stop. */
  event?(event: EventMessage, signal: AbortSignal): Promise<void> | void;
  /** The mesh has gone: stop, go dark, fall silent. `reason` is a sentence. */
  quiet?(reason: string): Promise<void> | void;
  close?(): Promise<void> | void;
}

/** A kind of output: what it is called, what can be set, and how one is made. */
export interface OutputDefinition<
  Options extends z.ZodObject = z.ZodObject,
  Made extends Output | Promise<Output> = Output | Promise<Output>,
> {
  readonly name: string;
  readonly options: Options;
  probe?(options: z.output<Options>): Promise<Probe>;
  /** Whether it wants every event, those too that came while this process was away. */
  keepsEvents?(options: z.output<Options>): boolean;
  /** What it throws or rejects with means that it cannot work for now: it is tried again later. */
  create(options: z.output<Options>, context: OutputContext): Made;
}

export function defineOutput<Options extends z.ZodObject>(
  definition: OutputDefinition<Options, Output>,
): OutputDefinition<Options, Output>;
export function defineOutput<Options extends z.ZodObject>(
  definition: OutputDefinition<Options, Promise<Output>>,
): OutputDefinition<Options, Promise<Output>>;
export function defineOutput(definition: OutputDefinition): OutputDefinition {
  return definition;
}
