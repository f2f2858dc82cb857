import type { MeshError } from './errors.js';

/** A message as it came from the mesh. `payload` may be reused by the link: copy what is kept. */
export interface LinkMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** True when the broker had kept it from before the subscription; false for everything live. */
  readonly retained: boolean;
}

export interface PublishOptions {
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

/** What the broker publishes for us when we vanish without a goodbye. */
export interface Will extends PublishOptions {
  readonly topic: string;
  readonly payload: string;
}

export interface LinkOptions {
  /** Who connects, e.g. `sync-worker`; the link adds what makes it unique. */
  readonly name: string;
  readonly will?: Will;
  /** Called at every (re)connection, once all subscriptions stand: the place to publish a birth. */
  readonly birth?: (link: Link) => void;
  readonly kept?: KeptSubscription;
}

/** A subscription that the broker keeps while we are away, with what comes meanwhile; for QoS 1 messages. */
export interface KeptSubscription {
  /** What tells it from every other on that broker, the same at each start. */
  readonly session: string;
  readonly filter: string;
  /** Takes one message at a time; only when it has resolved does the broker forget the message. Never rejects. */
  take(message: LinkMessage): Promise<void>;
}

/** A part's one way to the mesh, whatever carries it. */
export interface Link {
  readonly online: boolean;
  /**
   * Publishes while online, in the order of the calls.
   *
   * @returns false when it was dropped, because the link is down or cannot keep up: a part keeps its latest
   * state and publishes it again at the next `birth`. Nothing is queued without bound.
   */
  publish(topic: string, payload: string, options: PublishOptions): boolean;
  /**
   * Delivers what matches `filter` until the returned function is called, over reconnections too. Subscriptions
   * of one link must not overlap: brokers differ in whether they then deliver twice.
   *
   * @returns resolves once the broker has confirmed it, or at once while the link is down.
   */
  subscribe(filter: string, handler: (message: LinkMessage) => void): Promise<() => void>;
  /** Resolves when the link has ended for good: to the error that ended it, or to undefined. Never rejects. */
  readonly closed: Promise<MeshError | undefined>;
  /** Sends what is under way, says goodbye (no will) and ends; may be called more than once. Never rejects. */
  close(): Promise<void>;
}

/**
 * Opens a link. It resolves at the first connection and keeps trying until `signal` aborts; a broker that is
 * away is a line in the log, not an error.
 *
 * @throws MeshError LINK_REFUSED when the broker will not have us, LINK_AWAY when `signal` aborts first.
 */
export type OpenLink = (options: LinkOptions, signal: AbortSignal) => Promise<Link>;

/** What an embedded broker offers to links inside its own process. */
export interface BrokerPort {
  /** Opens a session; its will is published by `end(false)`. */
  attach(options: { readonly name: string; readonly will?: Will }): BrokerAttachment;
}

/** One part's session inside the broker's process. */
export interface BrokerAttachment {
  /** False when the broker is stopping. */
  publish(topic: string, payload: string, options: PublishOptions): boolean;
  /** Retained messages first (with `retained` true), then live ones; resolves once it stands. */
  subscribe(filter: string, handler: (message: LinkMessage) => void): Promise<() => void>;
  /** Ends the session after what it published has been handed to the subscribers; without the will if `graceful`. */
  end(graceful: boolean): Promise<void>;
  /** Resolves when the broker has ended the session, or `end` was called. */
  readonly ended: Promise<void>;
}
