import type { EventEmitter } from 'node:events';
import type { Aedes, Client } from 'aedes';
import type { Log } from '../contract/log.js';

/** The engine's error for a packet beyond the maximum size. */
interface TooLarge extends Error {
  readonly size: number;
  readonly maximumPacketSize: number;
}

/** Tells of clients that come, go, and misbehave. */
export function logClients(aedes: Aedes, log: Log): void {
  aedes.on('clientReady', (client) => log.debug(fieldsOf(client), 'a client connected'));
  aedes.on('clientDisconnect', (client) => log.debug(fieldsOf(client), 'a client disconnected'));
  const onError = (client: Client, error: Error): void => {
    if (isTooLarge(error)) {
      const { size, maximumPacketSize } = error;
      log.warn(
        { ...fieldsOf(client), packetBytes: size, mostBytes: maximumPacketSize },
        'a client sent too large a packet: it was cut off',
      );
      return;
    }
    const fields = { ...fieldsOf(client), reason: error.message };
    if (isNetworkError(error)) log.debug(fields, 'a connection broke');
    else log.warn(fields, 'a client did what it may not do');
  };
  aedes.on('clientError', onError);
  aedes.on('connectionError', onError);
  // An error event that nobody hears would end the process. The engine's types lack it.
  const emitter: EventEmitter = aedes;
  emitter.on('error', (error: Error) =>
    log.error({ reason: error.message }, 'the broker could not do its work'),
  );
}

function fieldsOf(client: Client): { client: string | null; address: string | undefined } {
  const address =
    (client.conn as { remoteAddress?: string }).remoteAddress ?? client.req?.socket.remoteAddress;
  return { client: client.id, address };
}

function isTooLarge(error: Error): error is TooLarge {
  return 'maximumPacketSize' in error;
}

/** Errors with a code come from the socket: the other side or the network failed. */
function isNetworkError(error: Error): boolean {
  return 'code' in error || error.message === 'keep alive timeout' || error.message === 'connection closed';
}
