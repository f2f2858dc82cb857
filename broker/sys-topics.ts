import type { Clock } from '../contract/clock.js';
import type { Engine } from './engine.js';
import type { Figures } from './figures.js';
import type { MessageQueue } from './message-queue.js';
import type { MemoryStore } from './store/memory-store.js';

export interface SysSources {
  readonly version: string;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly queue: MessageQueue;
  readonly store: MemoryStore;
  readonly figures: Figures;
}

const PERIOD_SECONDS = 10;

/** Publishes the broker's figures below `$SYS/broker`, named as Mosquitto names them; stops when called. */
export function publishSysTopics(sources: SysSources): () => void {
  const { clock, engine, queue } = sources;
  const startedSeconds = clock.monotonicSeconds();
  const engineListeners = queue.listeners;
  const publish = (): void => {
    const figures = {
      ...sysFigures(sources),
      uptime: `${Math.round(clock.monotonicSeconds() - startedSeconds)} seconds`,
      'subscriptions/count': queue.listeners - engineListeners,
    };
    for (const [name, value] of Object.entries(figures)) {
      const payload = Buffer.from(String(value));
      const topic = `$SYS/broker/${name}`;
      engine.aedes.publish({ cmd: 'publish', topic, payload, qos: 0, retain: true, dup: false }, () => {});
    }
  };
  publish();
  return clock.every(PERIOD_SECONDS, publish);
}

function sysFigures({ version, engine, store, figures }: SysSources): Record<string, string | number> {
  return {
    version: `becomingone version ${version}`,
    'clients/connected': engine.connected.size,
    'clients/total': countSessions(engine, store),
    'messages/received': figures.received,
    'messages/sent': figures.sent,
    'publish/messages/received': figures.publishReceived,
    'publish/messages/sent': figures.publishSent,
    'publish/messages/dropped': figures.publishDropped,
    'retained messages/count': store.retained.count,
  };
}

/** Clients that are connected, and sessions kept for those that are away. */
function countSessions({ connected }: Engine, store: MemoryStore): number {
  let away = 0;
  for (const clientId of store.sessions.clientIds()) if (!connected.has(clientId)) away += 1;
  return connected.size + away;
}
