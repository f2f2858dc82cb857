import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedPost {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An HTTP server as somebody else would run it, and what it received. */
export interface TestHttpServer extends AsyncDisposable {
  readonly url: string;
  readonly posts: readonly ReceivedPost[];
  /** Connections accepted so far. */
  readonly connections: number;
  /** The most requests that were open at one time. */
  readonly mostOpen: number;
  /** Resolves once so many posts have been received in all. */
  received(count: number): Promise<void>;
}

/** @param answer ends the response, or does not; 204 unless given. `index` counts the posts from 0. */
export async function startHttpServer(
  answer: (response: ServerResponse, index: number) => void = (response) => response.writeHead(204).end(),
): Promise<TestHttpServer> {
  const posts: ReceivedPost[] = [];
  const waiting = new Set<() => void>();
  const figures = { connections: 0, open: 0, mostOpen: 0 };
  const server = createServer((request, response) => {
    figures.open += 1;
    figures.mostOpen = Math.max(figures.mostOpen, figures.open);
    response.once('close', () => {
      figures.open -= 1;
    });
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      posts.push({ method: request.method, path: request.url, headers: request.headers, body });
      answer(response, posts.length - 1);
      for (const look of waiting) look();
    });
  });
  server.on('connection', () => {
    figures.connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/coherence`,
    posts,
    get connections() {
      return figures.connections;
    },
    get mostOpen() {
      return figures.mostOpen;
    },
    received: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (posts.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
