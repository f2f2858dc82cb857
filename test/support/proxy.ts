import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What a proxy does with the first bytes of a client: pass them on, or answer itself. */
export type Greeting = (firstBytes: Buffer, client: Socket) => 'pass' | 'answered';

/** A TCP proxy on 127.0.0.1 that can fail as networks do. */
export interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** Connections made so far. */
  readonly connections: number;
  /** Breaks every connection, as a cable would. */
  cut(): void;
  /** Whether what clients send is passed on; their sockets fill up while it is not. */
  hold(held: boolean): void;
  /** Whether anyone gets through; who does not is cut at once. */
  shut(isShut: boolean): void;
}

export async function startProxy(targetPort: number, greet: Greeting = () => 'pass'): Promise<Proxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let connections = 0;
  let isShut = false;
  const server = createServer({ noDelay: true }, (client) => {
    connections += 1;
    client.on('error', () => {});
    if (isShut) return void client.destroy();
    client.once('data', (firstBytes) => {
      if (greet(firstBytes, client) === 'answered') return;
      const target = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
      const pair = [client, target] as const;
      pairs.add(pair);
      target.on('error', () => {});
      target.write(firstBytes);
      client.pipe(target).pipe(client);
      for (const socket of pair) {
        socket.once('close', () => {
          pairs.delete(pair);
          for (const other of pair) other.destroy();
        });
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    cut,
    hold(held) {
      for (const [client, target] of pairs) {
        if (held) client.unpipe(target).pause();
        else client.pipe(target);
      }
    },
    shut(shut) {
      isShut = shut;
      if (shut) cut();
    },
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The protocol level of a CONNECT packet: 5, 4 for 3.1.1, 3 for 3.1 [MQTT-3.1.2.2]. */
export function protocolLevel(connect: Buffer): number | undefined {
  let at = 1;
  while (((connect[at] ?? 0) & 0x80) !== 0) at += 1;
  const nameLength = connect.readUInt16BE(at + 1);
  return connect[at + 3 + nameLength];
}
