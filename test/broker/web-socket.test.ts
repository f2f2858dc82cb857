import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { expect, test } from '@jest/globals';
import { startBroker } from '../../broker/broker.js';
import { systemClock } from '../../contract/clock.js';
import { silentLog } from '../../contract/log.js';
import { collect, connectClient } from '../support/test-broker.js';

/** A broker without listeners, and an HTTP server that hands it its upgrades. */
async function startBehindHttp(host: string, allowAnonymous = false) {
  const broker = await startBroker(
    { listen: [], allowAnonymous, version: '0' },
    { clock: systemClock, log: silentLog },
  );
  const server = createServer((_request, response) => response.end('a page')).listen(0, host);
  await once(server, 'listening');
  broker.attachHttp(server);
  const { port } = server.address() as AddressInfo;
  return {
    broker,
    server,
    port,
    async [Symbol.asyncDispose]() {
      await broker.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What an HTTP server answers to an upgrade. */
async function upgrade(
  port: number,
  path: string,
  headers: OutgoingHttpHeaders = {},
  host = '127.0.0.1',
): Promise<string> {
  const asking = request({
    host,
    port,
    path,
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': 13,
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol': 'mqtt',
      ...headers,
    },
  }).end();
  return new Promise((resolve, reject) => {
    asking.once('error', reject);
    asking.once('upgrade', (response, socket) => {
      socket.destroy();
      resolve(`${response.statusCode} ${response.headers['sec-websocket-protocol']}`);
    });
    asking.once('response', async (response) => {
      const body = (await response.toArray()).join('');
      resolve(`${response.statusCode} ${body}`);
    });
  });
}

test('MQTT is served at /mqtt of an HTTP server, whose pages stay what they are', async () => {
  await using http = await startBehindHttp('127.0.0.1');
  const client = await connectClient(`ws://127.0.0.1:${http.port}/mqtt`);
  const got = await collect(client, 'a');
  await client.publishAsync('a', 'over the web', { qos: 1 });
  expect((await got.next()).text).toBe('over the web');
  expect(await (await fetch(`http://127.0.0.1:${http.port}/mqtt`)).text()).toBe('a page');
  const closed = once(client.stream, 'close');
  await http.broker.close();
  await closed;
});

test('a packet leaves as one frame', async () => {
  await using http = await startBehindHttp('127.0.0.1');
  const socket = new (await import('ws')).WebSocket(`ws://127.0.0.1:${http.port}/mqtt`, ['mqtt']);
  await once(socket, 'open');
  const frames: Buffer[] = [];
  socket.on('message', (frame: Buffer) => frames.push(frame));
  socket.send(Buffer.from([0x10, 0x0d, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 1, 0x61]));
  await once(socket, 'message');
  socket.send(Buffer.from([0x82, 6, 0, 1, 0, 1, 0x61, 0]));
  await once(socket, 'message');
  socket.send(Buffer.from([0x30, 5, 0, 1, 0x61, 0x68, 0x69]));
  await once(socket, 'message');
  expect(frames.map((frame) => frame.toString('hex'))).toEqual(['20020000', '9003000100', '30050001616869']);
  socket.terminate();
});

test('other paths are left to others, and answered where there are none', async () => {
  await using http = await startBehindHttp('127.0.0.1');
  expect(await upgrade(http.port, '/mqtt?a=b')).toBe('101 mqtt');
  for (const path of ['/other', '/mqtt/more', '//[', '//']) {
    expect(await upgrade(http.port, path)).toBe('404 MQTT is at /mqtt.\n');
  }
  http.server.on('upgrade', ({ url }, socket) => {
    if (url === '/other') socket.end('HTTP/1.1 418 Mine\r\nConnection: close\r\n\r\nmine');
  });
  expect(await upgrade(http.port, '/other')).toBe('418 mine');
  expect(await upgrade(http.port, '/mqtt')).toBe('101 mqtt');
});

test('without users no page of another host is served, whatever name it gives this one', async () => {
  await using http = await startBehindHttp('127.0.0.1');
  const from = (origin: string, host = `127.0.0.1:${http.port}`) =>
    upgrade(http.port, '/mqtt', { Origin: origin, Host: host });
  const refused =
    '403 Serving pages of other hosts needs broker: { allow_anonymous: true } in the configuration.\n';
  expect(await from(`http://127.0.0.1:${http.port}`)).toBe('101 mqtt');
  expect(await from(`http://localhost:${http.port}`, `localhost:${http.port}`)).toBe('101 mqtt');
  expect(await from(`http://${hostname()}:${http.port}`, `${hostname()}:${http.port}`)).toBe('101 mqtt');
  expect(await from('https://evil.example')).toBe(refused);
  expect(await from('null')).toBe(refused);
  expect(await from('http://127.0.0.1:1')).toBe(refused);
  expect(await from(`http://rebound.example:${http.port}`, `rebound.example:${http.port}`)).toBe(refused);
  await using open = await startBehindHttp('127.0.0.1', true);
  expect(await upgrade(open.port, '/mqtt', { Origin: 'https://evil.example' })).toBe('101 mqtt');
});

const lan = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

(lan === undefined ? test.skip : test)(
  'without users other machines are not served over HTTP either',
  async () => {
    await using http = await startBehindHttp('0.0.0.0');
    expect(await upgrade(http.port, '/mqtt')).toBe('101 mqtt');
    expect(await upgrade(http.port, '/mqtt', {}, lan)).toBe(
      '403 Serving other machines needs users, or broker: { allow_anonymous: true } in the configuration.\n',
    );
    await using open = await startBehindHttp('0.0.0.0', true);
    expect(await upgrade(open.port, '/mqtt', {}, lan)).toBe('101 mqtt');
  },
);
