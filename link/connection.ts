import type { Socket } from 'node:net';
import type { IClientOptions, IConnackPacket, MqttClient } from 'mqtt';
import { isNotWanted, isOtherVersion } from './reason-codes.js';

/** One connection, from CONNACK until it is lost. */
export interface Connection {
  readonly client: MqttClient;
  readonly protocol: '5' | '3.1.1';
  /** QoS 1 messages that the broker takes before it has acknowledged the first [MQTT-3.3.4-9]. */
  readonly receiveMaximum: number;
  /** Resolves to the reason when the connection is gone. */
  readonly lost: Promise<string>;
}

/** Why there is no connection, in words. */
export interface NoConnection {
  readonly reason: string;
  /** The broker is there and will not have us. */
  readonly refused: boolean;
}
type Failure = NoConnection & { readonly otherVersion: boolean };
type Options = IClientOptions & { protocolVersion: 4 | 5 };
/** What the network and mqtt.js throw: `code` is the system's name, or the reason code of a CONNACK. */
type ConnectError = Error & { readonly code?: string | number };

/** Tries once: with MQTT 5, and where the broker does not speak it, with 3.1.1. Never rejects. */
export async function connectOnce(
  url: string,
  options: IClientOptions,
  signal: AbortSignal,
): Promise<Connection | NoConnection> {
  const first = await attempt(url, { ...options, protocolVersion: 5 }, signal);
  if ('client' in first || !first.otherVersion) return first;
  return attempt(url, { ...options, protocolVersion: 4 }, signal);
}

async function attempt(url: string, options: Options, signal: AbortSignal): Promise<Connection | Failure> {
  // Loaded here, so that a process that uses the embedded broker alone never loads it.
  const { default: mqtt } = await import('mqtt');
  if (signal.aborted) return { reason: 'stopped', refused: false, otherVersion: false };
  const client = mqtt.connect(url, {
    ...options,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
  });
  const stop = (): void => void client.end(true);
  signal.addEventListener('abort', stop, { once: true });
  let lastError: ConnectError | undefined;
  const onError = (error: ConnectError): void => {
    lastError ??= error;
  };
  client.on('error', onError);
  client.stream.on('error', onError);
  if ('setNoDelay' in client.stream) (client.stream as Socket).setNoDelay(true);
  const lost = new Promise<string>((resolve) => {
    client.once('close', () => resolve(describe(lastError)));
    client.once('disconnect', ({ reasonCode }) => {
      onError(new Error(`the broker ended the connection, reason code ${reasonCode ?? 0}`));
      stop();
    });
  });
  const connack = await new Promise<IConnackPacket | undefined>((resolve) => {
    client.once('connect', resolve);
    void lost.then(() => resolve(undefined));
  });
  signal.removeEventListener('abort', stop);
  if (connack === undefined) return failure(options.protocolVersion, lastError);
  return {
    client,
    protocol: options.protocolVersion === 5 ? '5' : '3.1.1',
    receiveMaximum: connack.properties?.receiveMaximum ?? 65_535,
    lost,
  };
}

/** A broker that does not know a version says so, or drops the connection, or answers what cannot be read. */
function failure(version: 4 | 5, error: ConnectError | undefined): Failure {
  const dropped = error?.code === undefined || error.code === 'ECONNRESET';
  return {
    reason: describe(error),
    refused: isNotWanted(error?.code),
    otherVersion: version === 5 && (dropped || isOtherVersion(error.code)),
  };
}

function describe(error: ConnectError | undefined): string {
  if (error === undefined) return 'the connection was closed';
  // Of several addresses that all failed Node tells the code alone.
  return error.message === '' ? String(error.code) : error.message;
}
