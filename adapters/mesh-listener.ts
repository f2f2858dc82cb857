import type { Link } from '../contract/link.js';
import type { PayloadOf } from '../contract/messages.js';
import type { PartContext } from '../contract/part.js';
import type { EventMessage } from '../contract/payloads/event.js';
import type { GlobalMessage } from '../contract/payloads/global.js';
import type { TopicName } from '../contract/topic-table.js';
import { listenTo } from './listen-to.js';
import { SILENCE_SECONDS, type Silence, watchSilence } from './silence.js';

/** Whoever acts on what the mesh says. */
export interface Follower {
  offer(state: GlobalMessage): void;
  /** Called with events while a sync worker is online; left out for one that gets them another way. */
  tell?(event: EventMessage): void;
  fallSilent(reason: string): void;
}

/** What is followed by somebody: `global`, or `zone/<zone>`. */
interface Source {
  readonly followers: Set<Follower>;
  readonly silence: Silence;
  readonly stop: Promise<() => void>;
}

/** Takes in what the mesh says of itself, and passes on what is valid and fresh while a sync worker is online. */
export class MeshListener {
  private readonly context: PartContext;
  private readonly link: Link;
  private readonly sources = new Map<string, Source>();
  private online = false;
  private invalid = 0;

  constructor(context: PartContext, link: Link) {
    this.context = context;
    this.link = link;
  }

  async listen(): Promise<void> {
    const { topics } = this.context;
    await this.subscribe('syncStatus', topics.build('syncStatus', {}), ({ state }) => this.onStatus(state));
    await this.subscribe('event', topics.build('event', {}), (event, retained) => {
      if (!this.online || retained) return;
      for (const { followers } of this.sources.values()) for (const one of followers) one.tell?.(event);
    });
  }

  /**
   * Lets somebody follow a source, `global` or `zone/<zone>`.
   *
   * @returns a function that ends it, once the subscription stands.
   */
  async follow(name: string, follower: Follower): Promise<() => void> {
    const source = this.sources.get(name) ?? this.open(name);
    source.followers.add(follower);
    await source.stop;
    return () => {
      if (!source.followers.delete(follower) || source.followers.size > 0) return;
      this.sources.delete(name);
      source.silence.stop();
      void source.stop.then((stop) => stop());
    };
  }

  stop(): void {
    for (const { silence } of this.sources.values()) silence.stop();
  }

  private open(name: string): Source {
    const { clock, topics, log } = this.context;
    const followers = new Set<Follower>();
    const silence = watchSilence(
      clock,
      () => this.whyNothing(),
      (reason) => {
        log.info({ source: name, reason }, 'outputs quiet');
        for (const one of followers) one.fallSilent(reason);
      },
    );
    const onState = (state: GlobalMessage, retained: boolean): void => {
      if (retained || !this.online) return;
      silence.heard();
      for (const one of followers) one.offer(state);
    };
    const zone = name.startsWith('zone/') ? name.slice('zone/'.length) : null;
    const stop =
      zone === null
        ? this.subscribe('global', topics.build('global', {}), onState)
        : this.subscribe('zone', topics.build('zone', { zone }), onState);
    const source = { followers, silence, stop };
    this.sources.set(name, source);
    return source;
  }

  private onStatus(state: 'online' | 'offline'): void {
    this.online = state === 'online';
    if (this.online) return;
    for (const { silence } of this.sources.values()) silence.fall('the sync worker is offline');
  }

  private whyNothing(): string {
    if (!this.link.online) return 'the broker cannot be reached';
    return this.online ? `no word from the mesh for ${SILENCE_SECONDS} s` : 'no sync worker serves this mesh';
  }

  private subscribe<Name extends TopicName>(
    name: Name,
    topic: string,
    take: (message: PayloadOf<Name>, retained: boolean) => void,
  ): Promise<() => void> {
    return listenTo(this.link, name, topic, take, (reason) => {
      this.invalid += 1;
      this.context.log.debug({ topic, reason, invalid: this.invalid }, 'message ignored');
    });
  }
}
