import type { WebSocket } from 'ws';

/** So many messages may be on their way that the other side has not read; it is asked after every second part of them. */
const MOST_UNREAD = 16;
const ASKED_AFTER = MOST_UNREAD / 2;
const MOST_EVENTS = 100;
/** @see https://www.iana.org/assignments/websocket: Try Again Later */
const TRY_AGAIN_LATER = 1013;

/**
 * Sends to one WebSocket as fast as its other side reads, which a pong tells: who is slow gets the newest state, not
 * those before it, and every event.
 *
 * @see RFC 6455, 5.5.3: a pong echoes its ping, and comes in order.
 */
export class WebSocketSender {
  private readonly webSocket: WebSocket;
  private state: Buffer | undefined;
  private events: Buffer[] = [];
  private sent = 0;
  private read = 0;

  /** @param webSocket one that is open. */
  constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
    webSocket.on('pong', (echo) => this.hasRead(Number(String(echo))));
  }

  /** Sends a state, unless a newer one comes before the other side can read it. */
  sendState(text: Buffer): void {
    this.state = text;
    this.flush();
  }

  /** Sends an event after those before it; hangs up on who lets too many wait. */
  sendEvent(text: Buffer): void {
    this.events.push(text);
    this.flush();
    if (this.events.length <= MOST_EVENTS) return;
    this.events = [];
    this.webSocket.close(TRY_AGAIN_LATER, 'too slow for the events');
  }

  private flush(): void {
    const { webSocket } = this;
    while (webSocket.readyState === webSocket.OPEN && this.sent - this.read < MOST_UNREAD) {
      const text = this.events.shift() ?? this.takeState();
      if (text === undefined) return;
      this.sent += 1;
      webSocket.send(text, { binary: false });
      if (this.sent % ASKED_AFTER === 0) webSocket.ping(String(this.sent));
    }
  }

  private takeState(): Buffer | undefined {
    const { state } = this;
    this.state = undefined;
    return state;
  }

  private hasRead(count: number): void {
    // Somebody else's pings are echoed, too, and anybody may send a pong.
    if (!(count > this.read && count <= this.sent)) return;
    this.read = count;
    this.flush();
  }
}
