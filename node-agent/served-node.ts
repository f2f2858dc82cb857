import type { InputDefinition } from '../contract/adapters.js';
import type { NodeSettings } from '../contract/config/resolve.js';
import type { InputConfig } from '../contract/config/schema.js';
import type { Instant } from '../contract/instant.js';
import type { PartContext } from '../contract/part.js';
import type { GlobalMessage } from '../contract/payloads/global.js';
import type { NodeSetMessage } from '../contract/payloads/set.js';
import type { InputStatus } from '../contract/payloads/status.js';
import type { TopicEars } from '../contract/topic-ears.js';
import type { Encoder, PhaseEncoderName } from '../kairos/encoder.js';
import type { ExpressionOptions } from '../kairos/expression-encoder.js';
import type { InputSlot } from './input-slot.js';
import type { Voice } from './voice.js';

/** Counts a message that was not taken, and tells its node why in a sentence; null where there is no node to tell. */
export type Reject = (node: string | null, topic: string, reason: string) => void;

/** What all nodes of an agent share. */
export interface NodeServices extends Pick<PartContext, 'topics' | 'clock' | 'log' | 'session'> {
  readonly voice: Voice;
  readonly reject: Reject;
  readonly definitions: ReadonlyMap<string, InputDefinition>;
  /** The instant of a reading that brings none. */
  readonly arrivals: () => Instant;
  /** Makes encoders of formulas; there once mathjs has been loaded, where a formula is configured. */
  expressions?: (options: ExpressionOptions) => Encoder;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly ears: TopicEars;
}

/** What a node tells its agent, while it publishes. */
export interface NodeEvents {
  /** What its info says has changed, by a person's doing. */
  infoChanged(node: ServedNode): void;
  /** One of its inputs is in another state. */
  healthChanged(node: ServedNode): void;
  /** Its last source went, or the first came back: see `isLive`. */
  liveChanged(node: ServedNode): void;
}

export interface NodeOptions {
  readonly name: string;
  readonly settings: NodeSettings;
  /** Whether the agent serves it only because nobody else does. */
  readonly adopted: boolean;
  readonly events: NodeEvents;
  /** I_c of its resonance, in (0, 1]. */
  readonly collapse: number;
}

/** A node that this agent serves: it reads its inputs, keeps their common local phase and publishes it. */
export interface ServedNode extends Omit<NodeOptions, 'events' | 'collapse'> {
  readonly inputs: ReadonlyMap<string, InputSlot>;
  /** How its phase is made: what its inputs' encoders have in common. */
  readonly encoder: PhaseEncoderName;
  /** What it publishes and does, as its info lists it. */
  readonly capabilities: readonly string[];
  /** False when it has inputs and none of them has a source: it then publishes no phase. */
  readonly isLive: boolean;
  /** How its inputs are, by channel. */
  readonly inputStatus: Readonly<Record<string, InputStatus>>;
  /** @throws MeshError CONFIG_INVALID when its adapter or its encoder cannot be made. */
  addInput(channel: string, config: InputConfig): void;
  /** Starts the inputs, and every input that is added from now on. */
  startInputs(): void;
  /** Publishes the phase from now on, or from the first reading on. */
  startPublishing(): void;
  /** Publishes the latest phase, if there is one. */
  publishNow(): void;
  /** Takes a message that came on the topic of one of its inputs. */
  deliver(channel: string, payload: Uint8Array): void;
  /** Ends every input; resolves when they have stopped. */
  stopInputs(): Promise<void>;
  stopPublishing(): void;
  /**
   * Changes it at run time, from the next reading on.
   *
   * @returns null, or why nothing has changed, in a sentence.
   */
  set(change: NodeSetMessage): string | null;
  /** Takes a live message of the mesh; only an oscillator listens. */
  hearMesh?(message: GlobalMessage): void;
}
