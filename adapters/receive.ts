import { once } from 'node:events';
import type { InputContext } from '../contract/adapters.js';
import type { BearerOptions } from './bearer.js';
import { enterSite, type Site, type SiteKind } from './http-doors.js';
import { watchIdle } from './idle-limit.js';
import { createMessageReader, type MessageOptions } from './message-reader.js';
import { createGate, type ListenOptions, type Receiver } from './receiver.js';

export interface ReceiveOptions extends ListenOptions, MessageOptions, BearerOptions {
  readonly listen: string;
  /** Seconds without a message after which what was read counts no more. */
  readonly idle?: number | undefined;
}

/** A site that hands what comes to every receiver. */
export interface ReceivingSite extends Site {
  readonly receivers: Set<Receiver>;
}

const SCHEMES = { POST: 'http', WebSocket: 'ws' } as const;

/** Where a receiver is sent to, as a URL. */
export function receivingPlace(kind: SiteKind, { listen, route }: { listen: string; route: string }): string {
  return `${SCHEMES[kind]}://${listen}${route}`;
}

/**
 * Tells the context what comes to an address, until `signal` aborts.
 *
 * @throws Error with a sentence when the address cannot be listened on, or is reached by others and has no token.
 */
export async function receive(
  kind: SiteKind,
  options: ReceiveOptions,
  createSite: () => ReceivingSite,
  context: InputContext,
  signal: AbortSignal,
): Promise<void> {
  const { listen, route, idle } = options;
  const place = receivingPlace(kind, options);
  const read = createMessageReader(options);
  const refusal = await createGate(options);
  const { site, leave } = await enterSite(listen, kind, route, createSite);
  // Doors are shared by all adapters: what stands at a route may be an output's.
  if (site.receivers === undefined) {
    leave();
    throw new Error(`${place}: found an output that serves at this route, expected a route of its own`);
  }
  const patience = watchIdle(context.clock, idle, () => context.lose(`${place}: nothing came for ${idle} s`));
  const receiver: Receiver = {
    refusal,
    take(text) {
      const result = signal.aborted ? null : read(text);
      if (result === null) return null;
      patience.heard();
      if ('reading' in result) {
        context.emit(result.reading);
        return null;
      }
      context.reject(`${place}: ${result.reason}`);
      return result.reason;
    },
    left(reason, connected) {
      if (connected === 0) context.lose(`${place}: nobody is connected any more: ${reason}`);
    },
  };
  site.receivers.add(receiver);
  if (!signal.aborted) await once(signal, 'abort');
  patience.stop();
  site.receivers.delete(receiver);
  leave();
}
