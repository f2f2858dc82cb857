import type { NodeSettings } from '../contract/config/resolve.js';
import { type InputConfig, TOPIC_INPUT } from '../contract/config/schema.js';
import { MeshError, reasonOf } from '../contract/errors.js';
import { show } from '../contract/explain.js';
import { formatTimestamp, type Instant } from '../contract/instant.js';
import type { NodeSetMessage } from '../contract/payloads/set.js';
import type { InputStatus } from '../contract/payloads/status.js';
import { textOf } from '../contract/wire.js';
import type { EncoderName } from '../kairos/encoder.js';
import { describeWitness, Witness } from '../kairos/witness.js';
import { commonEncoder } from './encoders.js';
import { inputSizeFault } from './input-payload.js';
import { createInputSlot, type InputSlot } from './input-slot.js';
import { createNodePhase, type NodePhase } from './node-phase.js';
import { createNodeResonance, type NodeResonance } from './node-resonance.js';
import { createPhasePublisher, type PhaseContent, type PhasePublisher } from './phase-publisher.js';
import type { NodeOptions, NodeServices, ServedNode } from './served-node.js';

export function createNode(options: NodeOptions, services: NodeServices): ServedNode {
  return new InputNode(options, services);
}

class InputNode implements ServedNode {
  readonly name: string;
  settings: NodeSettings;
  readonly adopted: boolean;
  readonly inputs = new Map<string, InputSlot>();
  isLive = true;
  private readonly options: NodeOptions;
  private readonly services: NodeServices;
  private readonly phase: NodePhase;
  private readonly witness = new Witness();
  private resonance: NodeResonance | undefined;
  private readonly publisher: PhasePublisher;
  private readonly runs: { readonly stop: AbortController; readonly done: Promise<void> }[] = [];
  private inputsRun = false;
  private publishes = false;

  constructor(options: NodeOptions, services: NodeServices) {
    const { name, settings, adopted } = options;
    this.name = name;
    this.settings = settings;
    this.adopted = adopted;
    this.options = options;
    this.services = services;
    this.phase = createNodePhase(settings, this.inputs);
    this.publisher = createPhasePublisher(
      {
        node: name,
        intervalSeconds: settings.intervalSeconds,
        clock: services.clock,
        voice: services.voice,
      },
      () => this.content(),
      () => this.tellResonance(),
    );
  }

  get capabilities(): readonly string[] {
    return this.resonance === undefined ? ['phase', 'set'] : ['phase', 'set', 'resonance'];
  }

  get encoder(): EncoderName {
    return commonEncoder([...this.inputs.values()].map(({ encoder }) => encoder.name));
  }

  get inputStatus(): Record<string, InputStatus> {
    return Object.fromEntries([...this.inputs].map(([channel, { status }]) => [channel, status]));
  }

  addInput(channel: string, config: InputConfig): void {
    const { definitions, arrivals, log } = this.services;
    const adapter = config.adapter ?? TOPIC_INPUT;
    const definition = definitions.get(adapter);
    if (definition === undefined) {
      const expected = `one of ${[...definitions.keys()].join(', ')}`;
      const place = `nodes.${this.name}.inputs.${channel}.adapter`;
      throw new MeshError('CONFIG_INVALID', `${place}: found ${show(adapter)}, expected ${expected}`);
    }
    const slot: InputSlot = createInputSlot(
      {
        node: this.name,
        channel,
        config,
        definition,
        arrivals,
        tauBaseSeconds: this.settings.tauBaseSeconds,
        expressions: this.services.expressions,
      },
      { ...this.services, log: log.child({ node: this.name, input: channel }) },
      {
        taken: (at, restarted) => this.take(at, restarted),
        rejected: (reason) => this.reject(channel, reason),
        healthChanged: () => this.healthChanged(),
        becamePair: () => this.inputsChanged(),
      },
    );
    this.inputs.set(channel, slot);
    this.inputsChanged();
    if (this.inputsRun) this.run(slot);
  }

  startInputs(): void {
    this.inputsRun = true;
    this.resonance = this.createResonance();
    for (const slot of this.inputs.values()) this.run(slot);
  }

  startPublishing(): void {
    this.publishes = true;
    if (this.phase.isKnown && this.isLive) this.publisher.start();
    if (!this.isLive) this.options.events.liveChanged(this);
  }

  publishNow(): void {
    this.publisher.now();
  }

  deliver(channel: string, payload: Uint8Array): void {
    const slot = this.inputs.get(channel);
    const fault =
      slot === undefined
        ? `found the channel ${show(channel)}, expected one of ${[...this.inputs.keys()].join(', ')}`
        : inputSizeFault(payload);
    if (fault === null) slot?.deliver(textOf(payload));
    else this.reject(channel, fault);
  }

  async stopInputs(): Promise<void> {
    for (const { stop } of this.runs) stop.abort();
    await Promise.all(this.runs.map(({ done }) => done));
  }

  stopPublishing(): void {
    this.publishes = false;
    this.publisher.stop();
  }

  set({ tau_base, alpha, oscillator }: NodeSetMessage): string | null {
    if (oscillator !== undefined) return 'found oscillator, expected tau_base or alpha: this node senses';
    const tauBaseSeconds = tau_base ?? this.settings.tauBaseSeconds;
    const { tauMaxSeconds } = this.settings;
    if (tauBaseSeconds > tauMaxSeconds) {
      return `tau_base: found ${tauBaseSeconds}, expected at most tau_max (${tauMaxSeconds})`;
    }
    const share = alpha === undefined ? this.settings.alpha : (alpha ?? undefined);
    this.settings = { ...this.settings, tauBaseSeconds, alpha: share };
    this.phase.retune(share === undefined ? { tauBaseSeconds } : { alpha: share });
    this.resonance?.setTauBase(tauBaseSeconds);
    for (const slot of this.inputs.values()) slot.retune(tauBaseSeconds);
    this.inputsChanged();
    return null;
  }

  /** A node whose inputs come as they come has no grid, and so no resonance. */
  private createResonance(): NodeResonance | undefined {
    const periods = [...this.inputs.values()].flatMap(({ periodSeconds }) => periodSeconds ?? []);
    if (periods.length === 0) return undefined;
    try {
      const { tauBaseSeconds, tauMaxSeconds } = this.settings;
      const { collapse } = this.options;
      return createNodeResonance({
        periodSeconds: Math.min(...periods),
        tauBaseSeconds,
        tauMaxSeconds,
        collapse,
      });
    } catch (error) {
      this.services.log.warn({ node: this.name, reason: reasonOf(error) }, 'node has no resonance');
      return undefined;
    }
  }

  private run(slot: InputSlot): void {
    const stop = new AbortController();
    this.runs.push({ stop, done: slot.run(stop.signal) });
  }

  private reject(channel: string, reason: string): void {
    this.services.reject(
      this.name,
      this.services.topics.build('input', { node: this.name, channel }),
      reason,
    );
  }

  private inputsChanged(): void {
    if (this.publishes) this.options.events.infoChanged(this);
  }

  /** Without a source a node has nothing to say: what it said before would look as if it were now. */
  private healthChanged(): void {
    const wasLive = this.isLive;
    this.isLive = [...this.inputs.values()].some(({ isLost }) => !isLost);
    if (!this.isLive) this.publisher.stop();
    if (!this.publishes) return;
    if (this.isLive !== wasLive) this.options.events.liveChanged(this);
    this.options.events.healthChanged(this);
  }

  private take(at: Instant, restarted: boolean): void {
    this.phase.follow(at, restarted);
    const { real, imag } = this.phase.z;
    this.resonance?.take(real, imag, at, restarted);
    if (this.publishes) this.publisher.start();
  }

  private content(): PhaseContent {
    this.movePulses();
    const { real, imag, coherence } = this.phase;
    const { session, arrivals } = this.services;
    this.resonance?.measure(arrivals());
    const { best, collapsed } = this.resonance ?? {};
    return {
      node_id: this.name,
      phase: { real, imag },
      coherence,
      session,
      encoder: this.encoder,
      ...(best === undefined ? {} : { resonance: best }),
      ...(collapsed === undefined ? {} : { collapsed }),
    };
  }

  /** A pulse's phase turns between its events, so the local phase follows it at each message too. */
  private movePulses(): void {
    const at = this.services.arrivals();
    const moved = [...this.inputs.values()].filter((slot) => slot.moveTo(at));
    if (moved.length > 0) this.take(at, false);
  }

  private tellResonance(): void {
    if (this.resonance === undefined) return;
    const { clock, session, voice } = this.services;
    this.witness.step(this.phase.real, this.phase.imag);
    voice.say(
      'resonance',
      { node: this.name },
      {
        resonance: this.resonance.lags,
        collapsed: this.resonance.collapsed,
        witness: describeWitness(this.witness),
        session,
        timestamp: formatTimestamp(clock.nowSeconds()),
      },
    );
  }
}
