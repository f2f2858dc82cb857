import type { EventMessage } from '../../contract/payloads/event.js';
import type { GlobalMessage } from '../../contract/payloads/global.js';
import type { PhaseMessage } from '../../contract/payloads/phase.js';

/** A node as it last spoke. */
export interface WatchedNode {
  readonly name: string;
  readonly message: PhaseMessage;
  /** On the monotonic clock. */
  readonly heardAtSeconds: number;
}

/** What has been seen of the mesh. */
export interface WatchedMesh {
  readonly nodes: ReadonlyMap<string, WatchedNode>;
  /** The newest last. */
  readonly events: readonly EventMessage[];
  readonly state: GlobalMessage | undefined;
  /** When `state` came, or since when there is none; on the monotonic clock. */
  readonly stateAtSeconds: number;
  /** False once a sync worker has said goodbye, until one says that it serves. */
  readonly served: boolean;
}

const KEPT_EVENTS = 5;
const MOST_NODES = 10_000;
const FORGOTTEN_AFTER_SECONDS = 300;

/** Collects what comes in; its size is bounded. */
export class MeshWatcher implements WatchedMesh {
  readonly nodes = new Map<string, WatchedNode>();
  events: readonly EventMessage[] = [];
  state: GlobalMessage | undefined;
  stateAtSeconds: number;
  served = true;

  constructor(nowSeconds: number) {
    this.stateAtSeconds = nowSeconds;
  }

  onPhase(name: string, message: PhaseMessage, nowSeconds: number): void {
    if (this.nodes.size >= MOST_NODES && !this.nodes.has(name)) return;
    this.nodes.set(name, { name, message, heardAtSeconds: nowSeconds });
  }

  onState(state: GlobalMessage, nowSeconds: number): void {
    this.state = state;
    this.stateAtSeconds = nowSeconds;
  }

  onEvent(event: EventMessage): void {
    if (event.type === 'node_left') this.nodes.delete(event.node);
    this.events = [...this.events, event].slice(-KEPT_EVENTS);
  }

  onStatus(state: 'online' | 'offline'): void {
    this.served = state === 'online';
  }

  /** Forgets nodes that have been silent for long. */
  forget(nowSeconds: number): void {
    for (const { name, heardAtSeconds } of this.nodes.values())
      if (nowSeconds - heardAtSeconds > FORGOTTEN_AFTER_SECONDS) this.nodes.delete(name);
  }
}
