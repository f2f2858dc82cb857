import { TOPIC_INPUT } from '../contract/config/schema.js';
import { show } from '../contract/explain.js';
import type { Link, LinkMessage } from '../contract/link.js';
import { nodeNameFault, plainNameSchema } from '../contract/names.js';
import type { PartContext } from '../contract/part.js';
import type { InfoMessage } from '../contract/payloads/info.js';
import { textOf } from '../contract/wire.js';
import type { Announcements } from './announcements.js';
import { createIdleTimer, type IdleTimer } from './idle-timer.js';
import { readingFault } from './input-payload.js';
import { createOthers, type Others } from './others.js';
import { createSelfServers, type SelfServers } from './self-servers.js';
import type { Reject, ServedNode } from './served-node.js';

/** How long a node with readings is watched for somebody else who serves it. */
const WAIT_SECONDS = 1;
const MOST_CHANNELS = 64;

export interface AdoptionOptions extends Pick<PartContext, 'topics' | 'clock' | 'log' | 'session'> {
  readonly agent: string;
  readonly maxNodes: number;
  readonly forgetAfterSeconds: number;
  readonly link: Pick<Link, 'publish' | 'subscribe'>;
  readonly announcements: Announcements;
  readonly reject: Reject;
  /** Makes a node of that name, without inputs. */
  readonly createNode: (name: string) => ServedNode;
}

/** Serves the nodes whose readings nobody else serves, for as long as nobody else does. */
export interface Adoption {
  /** The nodes it serves now. */
  readonly nodes: readonly ServedNode[];
  /** Resolves once it hears who serves what. */
  start(): Promise<void>;
  /** Takes a message on an input topic of a node that the configuration does not serve. */
  take(node: string, channel: string, message: LinkMessage): void;
  /** Ends every input; resolves when they have stopped. No message is taken after it. */
  stop(): Promise<void>;
}

interface Candidate {
  readonly node: ServedNode;
  /** False while it is watched for somebody else; its readings count already. */
  isAdopted: boolean;
  /** Ends the wait. */
  cancelWait: () => void;
  /** Runs since its latest message, once it is adopted. */
  silence: IdleTimer | undefined;
}

export function createAdoption(options: AdoptionOptions): Adoption {
  return new NodeAdoption(options);
}

class NodeAdoption implements Adoption {
  private readonly options: AdoptionOptions;
  private readonly others: Others;
  private readonly selfServers: SelfServers;
  private readonly candidates = new Map<string, Candidate>();
  /** What ends the wait before the info of a node that was left to itself is taken back. */
  private readonly withdrawals = new Map<string, () => void>();

  constructor(options: AdoptionOptions) {
    const { topics, clock, link, session } = options;
    this.options = options;
    this.others = createOthers(options);
    this.selfServers = createSelfServers({
      topics,
      clock,
      subscribe: (filter, handler) => link.subscribe(filter, handler),
      isAgent: (other) => other === session || this.others.isAgent(other),
      found: (name) => this.letGoToItself(name),
    });
  }

  get nodes(): ServedNode[] {
    return [...this.candidates.values()].filter(({ isAdopted }) => isAdopted).map(({ node }) => node);
  }

  start(): Promise<void> {
    return this.others.listen(this.options.link, (name, info, message) => this.infoCame(name, info, message));
  }

  take(name: string, channel: string, message: LinkMessage): void {
    const known = this.candidates.get(name);
    if (known?.node.inputs.has(channel)) {
      this.feed(known, channel, message);
      return;
    }
    const fault = nameFault(name, channel);
    if (fault !== null) this.options.reject(null, message.topic, fault);
    else if (known !== undefined || !this.isServed(name)) this.takeNew(name, channel, message);
  }

  async stop(): Promise<void> {
    this.selfServers.stop();
    for (const cancel of this.withdrawals.values()) cancel();
    const candidates = [...this.candidates.values()];
    for (const { cancelWait, silence } of candidates) {
      cancelWait();
      silence?.cancel();
    }
    await Promise.all(candidates.map(({ node }) => node.stopInputs()));
  }

  private isServed(name: string): boolean {
    return this.others.serve(name) || this.selfServers.has(name);
  }

  /** Takes the first message of a channel, and perhaps of its node. */
  private takeNew(name: string, channel: string, message: LinkMessage): void {
    const known = this.candidates.get(name);
    const fault = readingFault(message.payload) ?? this.limitFault(name, known);
    if (fault !== null) {
      this.options.reject(name, message.topic, fault);
      return;
    }
    const candidate = known ?? this.watch(name);
    candidate.node.addInput(channel, { adapter: TOPIC_INPUT, weight: 1 });
    this.feed(candidate, channel, message);
  }

  private feed(candidate: Candidate, channel: string, message: LinkMessage): void {
    candidate.silence?.touch();
    candidate.node.deliver(channel, message.payload);
  }

  /** Why there can be no more of it, in a sentence; null when there can. */
  private limitFault(name: string, known: Candidate | undefined): string | null {
    const { maxNodes } = this.options;
    if (known === undefined && this.candidates.size >= maxNodes) {
      return `found ${name} beside ${maxNodes} adopted nodes, expected at most adopt.max_nodes (${maxNodes})`;
    }
    if (known !== undefined && known.node.inputs.size >= MOST_CHANNELS) {
      return `found one more channel, expected at most ${MOST_CHANNELS} of an adopted node`;
    }
    return null;
  }

  /** Begins with a node: its readings count from now on, but it is adopted only when nobody else turns up. */
  private watch(name: string): Candidate {
    const { clock, createNode } = this.options;
    const node = createNode(name);
    node.startInputs();
    const cancelWait = clock.after(WAIT_SECONDS, () => this.decide(candidate));
    const candidate: Candidate = { node, isAdopted: false, cancelWait, silence: undefined };
    this.candidates.set(name, candidate);
    this.selfServers.watch(name);
    return candidate;
  }

  private decide(candidate: Candidate): void {
    const { announcements, log } = this.options;
    const { node } = candidate;
    if (this.others.serve(node.name)) {
      this.drop(candidate);
      return;
    }
    candidate.isAdopted = true;
    this.awaitSilence(candidate);
    announcements.agentChanged();
    announcements.birth(node);
    node.startPublishing();
    log.info({ node: node.name }, 'adopted a node');
  }

  private awaitSilence(candidate: Candidate): void {
    const { clock, forgetAfterSeconds } = this.options;
    candidate.silence = createIdleTimer(clock, forgetAfterSeconds, () => this.forget(candidate));
  }

  private forget(candidate: Candidate): void {
    const { announcements, log } = this.options;
    if (!announcements.farewell(candidate.node)) {
      this.awaitSilence(candidate);
      return;
    }
    this.drop(candidate);
    log.info({ node: candidate.node.name }, 'forgot an adopted node without readings');
  }

  private infoCame(name: string, info: InfoMessage, message: LinkMessage): void {
    const { session, announcements } = this.options;
    const candidate = this.candidates.get(name);
    if (!candidate?.isAdopted) return;
    if (message.retained && !this.others.serve(name)) return;
    if (info.adopted && info.session !== undefined && session < info.session)
      announcements.birth(candidate.node);
    else this.letGoToOther(candidate, message);
  }

  private letGoToOther(candidate: Candidate, info: LinkMessage): void {
    const { link, log } = this.options;
    this.drop(candidate);
    // An info that the broker had kept is one that this agent's birth may just have written over.
    if (info.retained) link.publish(info.topic, textOf(info.payload), { qos: 1, retain: true });
    log.info({ node: candidate.node.name }, 'let go of an adopted node that another serves');
  }

  private letGoToItself(name: string): void {
    const { clock, log } = this.options;
    const candidate = this.candidates.get(name);
    if (candidate === undefined) return;
    this.drop(candidate);
    if (candidate.isAdopted) {
      // A phase may overtake the info of who published it, which is not ours to take back.
      const cancel = clock.after(WAIT_SECONDS, () => this.withdrawInfo(name));
      this.withdrawals.set(name, cancel);
    }
    log.info({ node: name }, 'left a node to itself that publishes its own phase');
  }

  private withdrawInfo(name: string): void {
    this.withdrawals.delete(name);
    if (!this.others.announced(name)) this.options.announcements.withdrawInfo(name);
  }

  private drop(candidate: Candidate): void {
    const { node, isAdopted, cancelWait, silence } = candidate;
    cancelWait();
    silence?.cancel();
    node.stopPublishing();
    void node.stopInputs();
    this.candidates.delete(node.name);
    this.selfServers.unwatch(node.name);
    if (isAdopted) this.options.announcements.agentChanged();
  }
}

function nameFault(node: string, channel: string): string | null {
  const expected = nodeNameFault(node);
  if (expected !== null) return `found the node ${show(node)}, expected ${expected}`;
  const result = plainNameSchema.safeParse(channel);
  return result.success
    ? null
    : `found the channel ${show(channel)}, expected ${result.error.issues[0]?.message}`;
}
