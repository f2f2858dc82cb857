import { MeshError, reasonOf } from '../contract/errors.js';
import type { GlobalMessage } from '../contract/payloads/global.js';
import type { NodeSetMessage } from '../contract/payloads/set.js';
import { Oscillator } from '../kairos/oscillator.js';
import type { InputSlot } from './input-slot.js';
import { createPhasePublisher, type PhasePublisher } from './phase-publisher.js';
import type { NodeOptions, NodeServices, ServedNode } from './served-node.js';

/** A mesh that says nothing for so long is not followed any more: its heartbeat is 1 s. */
const MESH_LOST_SECONDS = 3.5;

/** A node that follows the mesh instead of sensing: Kuramoto coupling (kairos.md, section 6). */
export class OscillatorNode implements ServedNode {
  readonly name: string;
  readonly settings: ServedNode['settings'];
  readonly adopted = false;
  readonly inputs: ReadonlyMap<string, InputSlot> = new Map();
  readonly isLive = true;
  readonly inputStatus = {};
  readonly encoder = 'oscillator';
  readonly capabilities = ['phase', 'set', 'oscillator'] as const;
  private readonly services: NodeServices;
  private readonly oscillator: Oscillator;
  private readonly publisher: PhasePublisher;
  private atSeconds: number;
  private heardSeconds = Number.NEGATIVE_INFINITY;

  /** @throws MeshError CONFIG_INVALID when frequency or coupling is none. */
  constructor(
    { name, settings }: NodeOptions,
    { frequency, coupling, phase }: { frequency: number; coupling: number; phase: number },
    services: NodeServices,
  ) {
    this.name = name;
    this.settings = settings;
    this.services = services;
    this.oscillator = createOscillator(name, { frequencyHz: frequency, coupling, phaseRad: phase });
    this.atSeconds = services.clock.monotonicSeconds();
    const { clock, voice } = services;
    this.publisher = createPhasePublisher(
      { node: name, intervalSeconds: settings.intervalSeconds, clock, voice },
      () => this.content(),
    );
  }

  /** Takes a live message of the mesh. */
  hearMesh({ order, nodes }: GlobalMessage): void {
    this.advance();
    this.heardSeconds = this.atSeconds;
    // The phases behind a message are, on the mean, as old as half a publishing interval: at 1 Hz and 0.1 s, 18 degrees.
    const ageSeconds = this.settings.intervalSeconds / 2;
    this.oscillator.observe(nodes.live === 0 ? 0 : order.magnitude, order.angle, ageSeconds);
  }

  set({ tau_base, alpha, oscillator }: NodeSetMessage): string | null {
    if (tau_base !== undefined || alpha !== undefined) {
      return 'found tau_base or alpha, expected oscillator alone: this node has no local phase of its own';
    }
    this.advance();
    const { frequency, coupling } = oscillator ?? {};
    this.oscillator.retune({
      ...(frequency === undefined ? {} : { frequencyHz: frequency }),
      ...(coupling === undefined ? {} : { coupling }),
    });
    return null;
  }

  startPublishing(): void {
    this.publisher.start();
  }

  publishNow(): void {
    this.publisher.now();
  }

  deliver(channel: string): void {
    const topic = this.services.topics.build('input', { node: this.name, channel });
    this.services.reject(this.name, topic, 'found a reading, expected none: this node is an oscillator');
  }

  addInput(): void {
    throw new RangeError('an oscillator has no inputs');
  }

  startInputs(): void {}

  async stopInputs(): Promise<void> {}

  stopPublishing(): void {
    this.publisher.stop();
  }

  private content() {
    this.advance();
    const { real, imag } = this.oscillator;
    const { session } = this.services;
    return { node_id: this.name, phase: { real, imag }, coherence: 1, session, encoder: this.encoder };
  }

  private advance(): void {
    const nowSeconds = this.services.clock.monotonicSeconds();
    if (nowSeconds - this.heardSeconds > MESH_LOST_SECONDS) this.oscillator.observe(0, 0);
    this.oscillator.advance(nowSeconds - this.atSeconds);
    this.atSeconds = nowSeconds;
  }
}

function createOscillator(node: string, options: ConstructorParameters<typeof Oscillator>[0]): Oscillator {
  try {
    return new Oscillator(options);
  } catch (error) {
    throw new MeshError('CONFIG_INVALID', `nodes.${node}.oscillator: ${reasonOf(error)}`, { cause: error });
  }
}
