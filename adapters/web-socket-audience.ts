import type { WebSocket } from 'ws';
import type { EventMessage } from '../contract/payloads/event.js';
import type { GlobalMessage } from '../contract/payloads/global.js';
import { WebSocketSender } from './web-socket-sender.js';

/** Those who are told, over WebSockets, how the mesh is: each message is JSON. */
export class WebSocketAudience {
  private readonly senders = new Map<WebSocket, WebSocketSender>();
  /** What holds now; written as JSON only once somebody is there. */
  private latest: GlobalMessage | { readonly quiet: string } | undefined;

  get size(): number {
    return this.senders.size;
  }

  /** Tells a WebSocket that is open what holds now and from now on, until it closes. */
  add(webSocket: WebSocket): void {
    const sender = new WebSocketSender(webSocket);
    this.senders.set(webSocket, sender);
    webSocket.on('close', () => this.senders.delete(webSocket));
    if (this.latest !== undefined) sender.sendState(jsonOf(this.latest));
  }

  /** Says goodbye to everybody, who is not waited for. */
  hangUp(code: number): void {
    for (const webSocket of this.senders.keys()) {
      webSocket.close(code);
      webSocket.terminate();
    }
  }

  tellState(state: GlobalMessage): void {
    this.tellLatest(state);
  }

  /** No state holds any more. */
  tellQuiet(quiet: string): void {
    const { latest } = this;
    if (latest !== undefined && 'quiet' in latest && latest.quiet === quiet) return;
    this.tellLatest({ quiet });
  }

  tellEvent(event: EventMessage): void {
    if (this.size === 0) return;
    const text = jsonOf(event);
    for (const sender of this.senders.values()) sender.sendEvent(text);
  }

  private tellLatest(latest: GlobalMessage | { readonly quiet: string }): void {
    this.latest = latest;
    if (this.size === 0) return;
    const text = jsonOf(latest);
    for (const sender of this.senders.values()) sender.sendState(text);
  }
}

function jsonOf(message: object): Buffer {
  return Buffer.from(JSON.stringify(message));
}
