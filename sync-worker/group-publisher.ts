import type { Config } from '../contract/config/schema.js';
import type { PartContext } from '../contract/part.js';
import type { GlobalMessage, ZoneMessage } from '../contract/payloads/global.js';
import type { Events } from './events.js';
import type { Evidence, Move } from './evidence.js';
import type { Group } from './group.js';
import { type GroupSettings, nextMessage } from './group-message.js';
import { createPacer, type Pacer } from './pacer.js';
import type { SettingsStore } from './settings.js';
import type { Voice } from './voice.js';

/** How often an unchanged mesh is published: what outputs take for a heartbeat. */
const HEARTBEAT_SECONDS = 1;

const NOTHING = { real: 0, imag: 0 };

/** Publishes the whole mesh and every zone, each at its own pace, and the events of emergence. */
export class GroupPublisher {
  private readonly context: PartContext;
  private readonly mesh: Config['mesh'];
  private readonly settings: SettingsStore;
  private readonly voice: Voice;
  private readonly events: Events;
  private readonly evidence: Evidence;
  private readonly pacers: Pacer[] = [];
  /** Called after every message of the whole mesh: a step of it. */
  onStep: () => void = () => {};

  constructor(
    context: PartContext,
    mesh: Config['mesh'],
    settings: SettingsStore,
    voice: Voice,
    events: Events,
    evidence: Evidence,
  ) {
    this.context = context;
    this.mesh = mesh;
    this.settings = settings;
    this.voice = voice;
    this.events = events;
    this.evidence = evidence;
  }

  /** Publishes a group whenever it changes from now on, and once a heartbeat. */
  add(group: Group): void {
    const pacer = createPacer({
      clock: this.context.clock,
      ratePerSecond: () => this.settings.current.rate,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      publish: () => this.publish(group),
    });
    group.onChange = () => pacer.touch();
    this.pacers.push(pacer);
  }

  /** Publishes all groups now. */
  flush(): void {
    for (const pacer of this.pacers) pacer.flush();
  }

  stop(): void {
    for (const pacer of this.pacers) pacer.stop();
  }

  private publish(group: Group): void {
    const { unified, collapsed, coherence, summed } = group;
    const { clock, session } = this.context;
    const message = nextMessage(group, this.groupSettings(), session, clock.nowSeconds());
    if (group.zone !== null) {
      this.voice.say('zone', { zone: group.zone }, message as ZoneMessage);
      return;
    }
    this.voice.say('global', {}, message);
    if (group.unified !== unified) {
      this.tellEmergence(message, coherence, this.evidence.moves(coherence, summed, group.summed));
    }
    if (group.collapsed !== collapsed) this.tellCollapse(message, group.collapsed);
    this.evidence.next();
    this.onStep();
  }

  private groupSettings(): GroupSettings {
    const { threshold, collapse } = this.settings.current;
    return {
      threshold,
      collapse,
      emergence: this.mesh.emergence,
      failsWithSilent: this.mesh.stale.policy === 'fail',
    };
  }

  private tellEmergence(message: GlobalMessage, before: number, moved: Move[]): void {
    const { unified, coherence, threshold, phase, nodes } = message;
    const type = unified ? 'emerged' : 'dissolved';
    this.context.log.info({ before, coherence, threshold, live: nodes.live, moved }, type);
    this.events.emit({ type, coherence, threshold, phase, nodes, before, moved });
  }

  private tellCollapse({ resonance = NOTHING }: GlobalMessage, collapsed: boolean): void {
    const type = collapsed ? 'collapsed' : 'released';
    const { collapse } = this.settings.current;
    this.context.log.info({ resonance, collapse }, type);
    this.events.emit({ type, resonance, collapse });
  }
}
