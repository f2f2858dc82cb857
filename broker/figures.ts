import type { Aedes } from 'aedes';

/** What the broker counts. Whoever takes or gives a packet past the engine counts here too. */
export interface Figures {
  /** Packets of any kind, from and to clients. */
  received: number;
  sent: number;
  /** PUBLISH packets among them, and those that a client was too slow for. */
  publishReceived: number;
  publishSent: number;
  publishDropped: number;
}

export function createFigures(): Figures {
  return { received: 0, sent: 0, publishReceived: 0, publishSent: 0, publishDropped: 0 };
}

/** Counts a client's PUBLISH, and its acknowledgement if it gets one. */
export function countPublish(figures: Figures, qos: number): void {
  figures.received += 1;
  figures.publishReceived += 1;
  if (qos > 0) figures.sent += 1;
}

/** Counts a PUBLISH to a client. */
export function countForward(figures: Figures): void {
  figures.sent += 1;
  figures.publishSent += 1;
}

/** Counts the packets that are not PUBLISH, as far as the engine tells of them. */
export function countPackets(aedes: Aedes, figures: Figures): void {
  const answered = (): void => {
    figures.received += 1;
    figures.sent += 1;
  };
  aedes.on('connackSent', answered);
  aedes.on('ping', answered);
  aedes.on('subscribe', answered);
  aedes.on('unsubscribe', (_filters, client) => {
    if (!client.closed) answered();
  });
  aedes.on('ack', () => {
    figures.received += 1;
  });
}
