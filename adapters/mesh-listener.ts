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
  tell(event: EventMessage): void;
  fallSilent(reason: string): void;
}

/** Takes in what the mesh says of itself, and passes on what is valid and fresh while a sync worker is online. */
export class MeshListener {
  private readonly context: PartContext;
  private readonly link: Link;
  private readonly followers: readonly { readonly source: string; readonly runner: Follower }[];
  private readonly silences: Silence[] = [];
  private online = false;
  private invalid = 0;

  /** @param followers what each follows: `global`, or `zone/<zone>`. */
  constructor(
    context: PartContext,
    link: Link,
    followers: readonly { readonly source: string; readonly runner: Follower }[],
  ) {
    this.context = context;
    this.link = link;
    this.followers = followers;
  }

  async listen(): Promise<void> {
    const { topics } = this.context;
    await this.subscribe('syncStatus', topics.build('syncStatus', {}), ({ state }) => this.onStatus(state));
    await this.subscribe('event', topics.build('event', {}), (event, retained) => {
      if (this.online && !retained) for (const { runner } of this.followers) runner.tell(event);
    });
    for (const source of new Set(this.followers.map((follower) => follower.source)))
      await this.follow(source);
  }

  stop(): void {
    for (const silence of this.silences) silence.stop();
  }

  private async follow(source: string): Promise<void> {
    const { clock, topics } = this.context;
    const runners = this.followers
      .filter((follower) => follower.source === source)
      .map(({ runner }) => runner);
    const silence = watchSilence(
      clock,
      () => this.whyNothing(),
      (reason) => {
        this.context.log.info({ source, reason }, 'outputs quiet');
        for (const runner of runners) runner.fallSilent(reason);
      },
    );
    this.silences.push(silence);
    const onState = (state: GlobalMessage, retained: boolean): void => {
      if (retained || !this.online) return;
      silence.heard();
      for (const runner of runners) runner.offer(state);
    };
    const zone = source.startsWith('zone/') ? source.slice('zone/'.length) : null;
    if (zone === null) await this.subscribe('global', topics.build('global', {}), onState);
    else await this.subscribe('zone', topics.build('zone', { zone }), onState);
  }

  private onStatus(state: 'online' | 'offline'): void {
    this.online = state === 'online';
    if (!this.online) for (const silence of this.silences) silence.fall('the sync worker is offline');
  }

  private whyNothing(): string {
    if (!this.link.online) return 'the broker cannot be reached';
    return this.online ? `no word from the mesh for ${SILENCE_SECONDS} s` : 'no sync worker serves this mesh';
  }

  private async subscribe<Name extends TopicName>(
    name: Name,
    topic: string,
    take: (message: PayloadOf<Name>, retained: boolean) => void,
  ): Promise<void> {
    await listenTo(this.link, name, topic, take, (reason) => {
      this.invalid += 1;
      this.context.log.debug({ topic, reason, invalid: this.invalid }, 'message ignored');
    });
  }
}
