import type { HearOptions, TopicText } from './adapters.js';
import { withoutPassword } from './broker-url.js';
import type { Clock } from './clock.js';
import type { Link, LinkMessage, OpenLink } from './link.js';
import { filterCovers, filtersOverlap, topicMatcher } from './topic-filter.js';
import { textOf } from './wire.js';

/** How often it is looked whether a broker is there. */
const LOOK_SECONDS = 1;

export interface TopicEarsOptions {
  readonly openLink: OpenLink;
  /** The way to another broker. */
  readonly openLinkTo: (brokerUrl: string) => OpenLink;
  readonly clock: Clock;
}

/**
 * Hears any topics for an agent's inputs. Links and subscriptions are shared: one that is covered by another adds
 * none, and one that overlaps with another, which a link may not have, stands on a link of its own.
 */
export interface TopicEars {
  /** As `InputContext.hear`; at `signal` it ends, whether it stands by then or not. */
  hear(
    filter: string,
    handler: (message: TopicText) => void,
    options?: HearOptions & { readonly signal?: AbortSignal },
  ): Promise<() => void>;
  close(): Promise<void>;
}

export function createTopicEars(options: TopicEarsOptions): TopicEars {
  return new AgentEars(options);
}

/** Whoever hears a filter. */
interface Ear extends HearOptions {
  readonly matches: (topic: string) => boolean;
  readonly handler: (message: TopicText) => void;
}

/** A subscription and those who hear through it. */
interface Tuned {
  readonly filter: string;
  readonly ears: Set<Ear>;
  readonly stands: Promise<() => void>;
}

interface Connection {
  readonly brokerUrl: string | undefined;
  readonly tuned: Set<Tuned>;
  readonly stop: AbortController;
  readonly link: Promise<Link>;
  open: Link | undefined;
  isThere: boolean;
  unwatch: () => void;
}

class AgentEars implements TopicEars {
  private readonly options: TopicEarsOptions;
  private readonly connections = new Set<Connection>();

  constructor(options: TopicEarsOptions) {
    this.options = options;
  }

  async hear(
    filter: string,
    handler: (message: TopicText) => void,
    { signal, ...options }: HearOptions & { readonly signal?: AbortSignal } = {},
  ): Promise<() => void> {
    if (signal?.aborted) return () => {};
    const ear: Ear = { ...options, matches: topicMatcher(filter), handler };
    const [connection, tuned] = this.tune(filter, ear);
    const stop = (): void => void this.drop(connection, tuned, ear);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      await Promise.race([tuned.stands, ...(signal === undefined ? [] : [aborted(signal)])]);
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  }

  async close(): Promise<void> {
    await Promise.all([...this.connections].map((connection) => this.disconnect(connection)));
  }

  private tune(filter: string, ear: Ear): [Connection, Tuned] {
    const connections = [...this.connections].filter(({ brokerUrl }) => brokerUrl === ear.brokerUrl);
    for (const connection of connections) {
      const covering = [...connection.tuned].find((tuned) => filterCovers(tuned.filter, filter));
      // What the broker had kept has been delivered when that subscription was made.
      if (covering === undefined || ear.retained === true) continue;
      covering.ears.add(ear);
      return [connection, covering];
    }
    const isFree = ({ tuned }: Connection): boolean =>
      ![...tuned].some((other) => filtersOverlap(other.filter, filter));
    const connection = connections.find(isFree) ?? this.connect(ear.brokerUrl);
    const ears = new Set([ear]);
    const stands = connection.link.then((link) =>
      link.subscribe(filter, (message) => deliver(ears, message)),
    );
    const tuned = { filter, ears, stands };
    connection.tuned.add(tuned);
    return [connection, tuned];
  }

  private connect(brokerUrl: string | undefined): Connection {
    const { openLink, openLinkTo, clock } = this.options;
    const stop = new AbortController();
    const open = brokerUrl === undefined ? openLink : openLinkTo(brokerUrl);
    const connection: Connection = {
      brokerUrl,
      tuned: new Set(),
      stop,
      link: open({ name: 'inputs' }, stop.signal),
      open: undefined,
      isThere: true,
      unwatch: clock.every(LOOK_SECONDS, () => look(connection)),
    };
    this.connections.add(connection);
    connection.link.then(
      (link) => {
        connection.open = link;
      },
      () => this.disconnect(connection),
    );
    return connection;
  }

  private async drop(connection: Connection, tuned: Tuned, ear: Ear): Promise<void> {
    tuned.ears.delete(ear);
    if (tuned.ears.size > 0 || !connection.tuned.delete(tuned)) return;
    if (connection.tuned.size === 0) await this.disconnect(connection);
    else await tuned.stands.then((unsubscribe) => unsubscribe()).catch(() => {});
  }

  private async disconnect(connection: Connection): Promise<void> {
    this.connections.delete(connection);
    connection.unwatch();
    connection.stop.abort();
    await connection.link.then((link) => link.close()).catch(() => {});
  }
}

function deliver(ears: Set<Ear>, { topic, payload, retained }: LinkMessage): void {
  const text = textOf(payload);
  // An ear that is added by another's handler hears this message too: a Set is walked as it grows.
  for (const { matches, handler, retained: wantsRetained = false } of ears) {
    if (matches(topic) && (wantsRetained || !retained)) handler({ topic, text, retained });
  }
}

/** Tells everybody when the broker goes and comes. */
function look(connection: Connection): void {
  const isThere = connection.open?.online ?? false;
  if (isThere === connection.isThere) return;
  connection.isThere = isThere;
  const { brokerUrl } = connection;
  const name = brokerUrl === undefined ? 'the broker' : `the broker ${withoutPassword(brokerUrl)}`;
  for (const { ears } of connection.tuned) {
    for (const ear of ears) ear.away?.(isThere ? null : `${name} cannot be reached`);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
