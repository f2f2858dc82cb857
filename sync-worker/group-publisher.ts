import type { Config } from '../contract/config/schema.js';
import type { PartContext } from '../contract/part.js';
import type { GlobalMessage, ZoneMessage } from '../contract/payloads/global.js';
import type { Events } from './events.js';
import type { Group } from './group.js';
import { describeGroup } from './group-message.js';
import { createPacer, type Pacer } from './pacer.js';
import type { SettingsStore } from './settings.js';
import type { Voice } from './voice.js';

/** How often an unchanged mesh is published: what outputs take for a heartbeat. */
const HEARTBEAT_SECONDS = 1;

/** Publishes the whole mesh and every zone, each at its own pace, and the events of emergence. */
export class GroupPublisher {
  private readonly context: PartContext;
  private readonly mesh: Config['mesh'];
  private readonly settings: SettingsStore;
  private readonly voice: Voice;
  private readonly events: Events;
  private readonly pacers: Pacer[] = [];

  constructor(
    context: PartContext,
    mesh: Config['mesh'],
    settings: SettingsStore,
    voice: Voice,
    events: Events,
  ) {
    this.context = context;
    this.mesh = mesh;
    this.settings = settings;
    this.voice = voice;
    this.events = events;
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
    const was = group.unified;
    const { clock, session } = this.context;
    const message = describeGroup(group, this.emergence(), session, clock.nowSeconds());
    if (group.zone !== null) {
      this.voice.say('zone', { zone: group.zone }, message as ZoneMessage);
      return;
    }
    this.voice.say('global', {}, message);
    if (message.unified !== was) this.tell(message);
  }

  private emergence() {
    return {
      threshold: this.settings.current.threshold,
      emergence: this.mesh.emergence,
      failsWithSilent: this.mesh.stale.policy === 'fail',
    };
  }

  private tell({ unified, coherence, threshold, phase, nodes }: GlobalMessage): void {
    const type = unified ? 'emerged' : 'dissolved';
    this.context.log.info({ coherence, threshold, live: nodes.live }, type);
    this.events.emit({ type, coherence, threshold, phase, nodes });
  }
}
