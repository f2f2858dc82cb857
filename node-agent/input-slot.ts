import type { InputContext, InputDefinition, Reading } from '../contract/adapters.js';
import { defaultEncoder, type EncoderConfig } from '../contract/config/encoder.js';
import type { InputConfig } from '../contract/config/schema.js';
import { show } from '../contract/explain.js';
import type { Instant } from '../contract/instant.js';
import type { InputStatus } from '../contract/payloads/status.js';
import type { TopicEars } from '../contract/topic-ears.js';
import type { Encoder } from '../kairos/encoder.js';
import { createPairEncoder } from '../kairos/pair-encoder.js';
import type { PulseEncoder } from '../kairos/pulse-encoder.js';
import type { TrendEncoder } from '../kairos/trend-encoder.js';
import { createEncoder, type EncoderPlace, takesPair } from './encoders.js';
import { InputHealth } from './input-health.js';
import { createInputSupervisor, type InputSupervisor, type SupervisorContext } from './input-supervisor.js';

/** One input of a node: an adapter that is kept running, and the encoder of its readings. */
export interface InputSlot {
  readonly adapter: string;
  readonly weight: number;
  /** Seconds between two of its readings, where that is known. */
  readonly periodSeconds: number | undefined;
  /** Holds z; another one after the first reading if that told what kind it is. */
  readonly encoder: Encoder;
  /** Whether z counts: a reading has been taken, and its source is there. */
  readonly hasPhase: boolean;
  /** Whether its source is gone. */
  readonly isLost: boolean;
  /** How it is, for people. */
  readonly status: InputStatus;
  /** Follows another tau_base of its node, if its encoder has one, from the next reading on. */
  retune(tauBaseSeconds: number): void;
  /** Moves z on to an instant without a reading, if its encoder moves by itself; false where it does not. */
  moveTo(at: Instant): boolean;
  /** Runs the adapter until `signal` aborts; resolves when it has stopped. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** Hands the adapter a message that came on the input's topic. */
  deliver(text: string): void;
}

export interface InputSlotOptions extends EncoderPlace {
  readonly config: InputConfig;
  readonly definition: InputDefinition;
  /** The instant of a reading that brings none. */
  readonly arrivals: () => Instant;
}

/** What a slot tells its node. */
export interface SlotEvents {
  /** A reading was taken; `restarted` when time went back so far that the encoder forgot what was before. */
  taken(at: Instant, restarted: boolean): void;
  rejected(reason: string): void;
  /** Its state, the reason or whether its source is there is another than before. */
  healthChanged(): void;
  /** The first reading was a pair, on an input that nobody had given an encoder. */
  becamePair(): void;
}

/** What an input runs on. */
export interface SlotContext extends SupervisorContext {
  readonly ears: TopicEars;
}

/** @throws MeshError CONFIG_INVALID when the configured encoder cannot be made. */
export function createInputSlot(
  options: InputSlotOptions,
  context: SlotContext,
  events: SlotEvents,
): InputSlot {
  return new AdapterSlot(options, context, events);
}

class AdapterSlot implements InputSlot {
  readonly weight: number;
  encoder: Encoder;
  private hasRead = false;
  private readonly health: InputHealth;
  private readonly definition: InputDefinition;
  private readonly adapterOptions: Record<string, unknown>;
  readonly periodSeconds: number | undefined;
  private readonly given: EncoderConfig | undefined;
  private readonly arrivals: () => Instant;
  private readonly context: SlotContext;
  private readonly supervisor: InputSupervisor;
  private readonly events: SlotEvents;
  private readonly listeners = new Set<(text: string) => void>();

  constructor(options: InputSlotOptions, context: SlotContext, events: SlotEvents) {
    const { adapter: _, encoder: configured, every, weight, ...adapterOptions } = options.config;
    const given = configured ?? options.definition.encoder?.(adapterOptions);
    this.weight = weight;
    this.encoder = createEncoder(given ?? defaultEncoder(options.channel), options);
    this.definition = options.definition;
    this.adapterOptions = adapterOptions;
    this.periodSeconds = every ?? options.definition.everySeconds?.(adapterOptions);
    this.given = given;
    this.arrivals = options.arrivals;
    this.context = context;
    this.health = new InputHealth(context.clock, events.healthChanged);
    this.supervisor = createInputSupervisor(context, (reason) => this.health.lost(reason));
    this.events = events;
  }

  get hasPhase(): boolean {
    return this.hasRead && !this.health.isLost;
  }

  get isLost(): boolean {
    return this.health.isLost;
  }

  get status(): InputStatus {
    const { adapter, weight, encoder } = this;
    const z = this.hasPhase ? { real: encoder.real, imag: encoder.imag } : null;
    return { adapter, encoder: encoder.name, weight, z, ...this.health.describe() };
  }

  get adapter(): string {
    return this.definition.name;
  }

  retune(tauBaseSeconds: number): void {
    if (!('retune' in this.encoder)) return;
    const memory = this.given?.name === 'trend' ? this.given.memory : undefined;
    (this.encoder as TrendEncoder).retune({
      tauBaseSeconds,
      ...(memory === undefined ? {} : { memorySeconds: memory }),
    });
  }

  moveTo(at: Instant): boolean {
    if (!this.hasPhase || !('phaseAt' in this.encoder)) return false;
    (this.encoder as PulseEncoder).phaseAt(at.wholeSeconds, at.fraction);
    return true;
  }

  run(signal: AbortSignal): Promise<void> {
    return this.supervisor.keepRunning(async () => {
      const over = new AbortController();
      const stop = (): void => over.abort();
      signal.addEventListener('abort', stop);
      const input = this.definition.create(this.adapterOptions, this.inputContext(over.signal));
      await input.run(signal).finally(() => {
        stop();
        signal.removeEventListener('abort', stop);
        this.listeners.clear();
      });
    }, signal);
  }

  /** @param over aborts when the input is to stop or has ended: what comes afterwards counts no more. */
  private inputContext(over: AbortSignal): InputContext {
    const { clock, log, ears } = this.context;
    const isRunning = (): boolean => !over.aborted;
    return {
      clock,
      log,
      everySeconds: this.periodSeconds ?? 1,
      emit: (reading) => {
        if (!isRunning()) return;
        const fault = this.take(reading);
        if (fault !== null) this.refuse(fault);
      },
      reject: (reason) => {
        if (isRunning()) this.refuse(reason);
      },
      lose: (reason) => {
        if (!isRunning()) return;
        this.supervisor.waits(reason);
        this.health.lost(reason);
      },
      onMessage: (handler) => this.listen(handler),
      hear: (filter, handler, options) => ears.hear(filter, handler, { ...options, signal: over }),
    };
  }

  private refuse(reason: string): void {
    this.health.rejected(reason);
    this.events.rejected(reason);
  }

  deliver(text: string): void {
    if (this.listeners.size === 0) {
      this.refuse(`found a message, expected none, because the adapter ${this.adapter} feeds this input`);
    }
    for (const listener of this.listeners) listener(text);
  }

  private listen(handler: (text: string) => void): () => void {
    this.listeners.add(handler);
    return () => this.listeners.delete(handler);
  }

  /** @returns why the reading could not be taken, in a sentence; null when it was. */
  private take(reading: Reading): string | null {
    this.supervisor.works();
    const isPair = reading.imag !== undefined;
    const becomesPair = isPair && !this.hasRead && this.given === undefined && !takesPair(this.encoder.name);
    const encoder = becomesPair ? createPairEncoder() : this.encoder;
    if (isPair !== takesPair(encoder.name)) return mismatch(reading, encoder);
    const at = reading.at ?? this.arrivals();
    const isTaken = encoder.encode(reading.value, reading.imag ?? 0, at.wholeSeconds, at.fraction);
    if (!isTaken) return refusal(reading, at, encoder);
    const restarted = this.hasRead && encoder.restarted;
    this.encoder = encoder;
    this.hasRead = true;
    this.health.took(reading, at);
    if (becomesPair) this.events.becamePair();
    this.events.taken(at, restarted);
    return null;
  }
}

function describe({ value, imag }: Reading): string {
  return imag === undefined ? show(value) : `{"real": ${show(value)}, "imag": ${show(imag)}}`;
}

function mismatch(reading: Reading, encoder: Encoder): string {
  const expected = takesPair(encoder.name) ? '{"real": number, "imag": number}' : 'a number';
  return `found ${describe(reading)}, expected ${expected}, because the input is encoded as ${encoder.name}`;
}

function refusal(reading: Reading, at: Instant, { rejection }: Encoder): string {
  const unixSeconds = at.wholeSeconds + at.fraction;
  return `found ${describe(reading)} at ${unixSeconds} (Unix seconds), refused because ${rejection}`;
}
