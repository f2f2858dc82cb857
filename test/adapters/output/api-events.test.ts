import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { apiOutput } from '../../../adapters/output/api.js';
import { type Clock, systemClock } from '../../../contract/clock.js';
import type { EventMessage } from '../../../contract/payloads/event.js';
import { temporaryFolder } from '../../support/cli.js';
import { createManualClock } from '../../support/manual-clock.js';
import { recordLog } from '../../support/recorded-log.js';
import { until } from '../../support/until.js';
import { aState, createOutputWorld, settled, shown } from '../samples.js';
import { type ReceivedPost, startHttpServer } from './http-server.js';
import { describeOutput } from './output-suite.js';

const never = new AbortController().signal;

function joined(node: string): EventMessage {
  return { type: 'node_joined', node, timestamp: '2026-11-23T23:00:00.000Z', session: 'k3f9' };
}

const emerged: EventMessage = {
  type: 'emerged',
  coherence: 0.8123456789,
  threshold: 0.75,
  phase: { real: 0.79, imag: -0.25 },
  nodes: { live: 34, known: 40 },
  before: 0.7,
  moved: [
    { node: 'kitchen', by: 0.1 },
    { node: 'hall', by: 0.02 },
  ],
  timestamp: '2026-11-23T23:00:00.000Z',
  session: 'k3f9',
};

/** A server, a folder, and an API output that posts events from the one to the other. */
async function openBench(
  answer?: (response: ServerResponse, index: number) => void,
  options: object = {},
  clock: Clock = systemClock,
) {
  const server = await startHttpServer(answer);
  const folder = await temporaryFolder();
  const log = recordLog();
  const world = createOutputWorld({ clock, log, dataFolder: join(folder.path, 'hook') });
  const open = (more: object = {}) =>
    apiOutput.create(
      apiOutput.options.parse({ url: server.url, on: 'events', ...options, ...more }),
      world.context,
    );
  let api = await open();
  return {
    server,
    log,
    folder: folder.path,
    complaints: world.complaints,
    async tell(...events: readonly EventMessage[]): Promise<void> {
      for (const event of events) await api.event?.(event, never);
    },
    write: () => api.write(aState(), never),
    bodies: () => server.posts.map(({ body }) => JSON.parse(body)),
    /** Resolves once all that is on the disk has been delivered. */
    async delivered(): Promise<void> {
      const spool = join(folder.path, 'hook', 'events');
      const { size } = await stat(join(spool, '0000000001.log'));
      const isThere = (): boolean =>
        readFileSync(join(spool, 'cursor'), 'utf8').includes(` 0000000001 ${String(size).padStart(10, '0')}`);
      await until(isThere, 'the delivery of the last event');
    },
    nodes: () => server.posts.map(({ body }) => JSON.parse(body).node),
    async restart(more: object = {}): Promise<void> {
      await api.close?.();
      api = await open(more);
    },
    async [Symbol.asyncDispose]() {
      await api.close?.();
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Resolves once a server has been answered so often that no post is under way. */
async function complained(bench: { complaints: readonly unknown[] }, count: number): Promise<void> {
  await until(() => bench.complaints.length >= count, `complaint ${count}`);
}

describeOutput('api on changes and events', apiOutput, async () => {
  let stalled = false;
  const server = await startHttpServer((response) => {
    if (!stalled) response.writeHead(204).end();
  });
  const folder = await temporaryFolder();
  return {
    options: { url: server.url, every: 0, on: ['changes', 'events'], step: 0.9 },
    context: { dataFolder: folder.path },
    acts: () => server.posts.length,
    stall: () => {
      stalled = true;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
});

describe('an event', () => {
  test('is on the disk once it has been taken, and posted as it was', async () => {
    let answer = (): void => {};
    await using bench = await openBench((response) => {
      answer = () => response.writeHead(204).end();
    });
    await bench.tell(emerged);
    const spooled = await readFile(join(bench.folder, 'hook', 'events', '0000000001.log'), 'utf8');
    expect(spooled).toContain(JSON.stringify(emerged));
    await bench.server.received(1);
    answer();
    expect(bench.bodies()).toEqual([emerged]);
    expect(bench.server.posts[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': expect.stringMatching(/^event_[\w-]{22}$/),
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
    });
    expect(bench.server.posts[0]?.headers).not.toHaveProperty('webhook-signature');
  });

  test('of another type than is wanted is not', async () => {
    await using bench = await openBench(undefined, { types: ['emerged', 'node_left'] });
    await bench.tell(joined('a'), emerged, joined('b'));
    await bench.tell({ ...joined('c'), type: 'node_left', reason: 'silent' } as EventMessage);
    await bench.server.received(2);
    expect(bench.bodies().map(({ type }) => type)).toEqual(['emerged', 'node_left']);
  });

  test('goes where states do not, unless they are wanted, too', async () => {
    await using bench = await openBench();
    await bench.write();
    await bench.tell(joined('a'));
    await bench.server.received(1);
    expect(bench.nodes()).toEqual(['a']);
    await bench.restart({ on: ['events', 'states'] });
    await bench.write();
    expect(bench.bodies()[1]).toHaveProperty('coherence', 0.81);
  });

  test('wants every event of the broker, but not where states alone are posted', () => {
    const keeps = (on: unknown) => apiOutput.keepsEvents?.(apiOutput.options.parse({ url: 'http://a', on }));
    expect([keeps('events'), keeps(['changes', 'events']), keeps('states'), keeps(['changes'])]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('that came before the last stop is posted after the start, once, as is configured then', async () => {
    let up = false;
    await using bench = await openBench((response) => response.writeHead(up ? 204 : 503).end());
    await bench.tell(joined('a'), joined('b'));
    await complained(bench, 1);
    up = true;
    await bench.restart({ event_template: '{"node": {node}, "again": true}' });
    await until(() => bench.server.posts.length >= 3, 'both posts');
    expect(bench.bodies().slice(-2)).toEqual([
      { node: 'a', again: true },
      { node: 'b', again: true },
    ]);
    await bench.delivered();
    await bench.restart();
    await bench.tell(joined('c'));
    await until(() => bench.nodes().at(-1) === 'c', 'the third');
    expect(bench.nodes().slice(-3)).toEqual(['a', 'b', 'c']);
  });
});

describe('a server that is away', () => {
  test('gets every event in order, each with the same id at every try', async () => {
    const clock = createManualClock(1_771_542_000);
    await using bench = await openBench(
      (response, index) => response.writeHead(index < 3 ? 500 : 204).end(),
      {},
      clock,
    );
    await bench.tell(joined('a'), joined('b'));
    for (let tries = 1; tries <= 3; tries += 1) {
      await until(() => bench.server.posts.length === tries, `try ${tries}`);
      await complained(bench, 1);
      await settled();
      clock.advance(2 ** tries);
    }
    await bench.server.received(5);
    expect(bench.nodes()).toEqual(['a', 'a', 'a', 'a', 'b']);
    const ids = bench.server.posts.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(2);
    expect(new Set(ids.slice(0, 4)).size).toBe(1);
    const times = bench.server.posts.map(
      ({ headers }) => Number(headers['webhook-timestamp']) - 1_771_542_000,
    );
    expect(times).toEqual([0, 2, 6, 14, 14]);
    await complained(bench, 2);
    expect(bench.complaints).toEqual([`POST ${bench.server.url}: answered 500 Internal Server Error`, null]);
  });

  test.each([401, 403, 404, 410, 301, 429])('or says %d gets the event later', async (status) => {
    const clock = createManualClock();
    await using bench = await openBench(
      (response, index) => response.writeHead(index === 0 ? status : 204).end(),
      {},
      clock,
    );
    await bench.tell(joined('a'));
    await complained(bench, 1);
    await settled();
    clock.advance(1);
    await complained(bench, 2);
    expect(bench.nodes()).toEqual(['a', 'a']);
    expect(bench.complaints[0]).toContain(`answered ${status}`);
    expect(bench.complaints[1]).toBeNull();
  });

  test('is not asked before it wants to be', async () => {
    const clock = createManualClock();
    await using bench = await openBench(
      (response, index) => response.writeHead(index === 0 ? 503 : 204, { 'retry-after': '120' }).end(),
      {},
      clock,
    );
    await bench.tell(joined('a'));
    await complained(bench, 1);
    await settled();
    clock.advance(119);
    await settled();
    expect(bench.server.posts).toHaveLength(1);
    clock.advance(2);
    await bench.server.received(2);
  });

  test('delays no state, and no stop', async () => {
    await using bench = await openBench(
      (response, index) => {
        if (index > 0) response.writeHead(204).end();
      },
      { on: ['states', 'events'] },
    );
    await bench.tell(joined('a'));
    await bench.server.received(1);
    await bench.write();
    expect(bench.bodies()[1]).toHaveProperty('coherence');
    const start = performance.now();
    await bench.restart();
    expect(performance.now() - start).toBeLessThan(300);
  });
});

describe('a server that does not want an event', () => {
  test.each([400, 413, 422])('and says %d gets the next, and the log the event', async (status) => {
    await using bench = await openBench((response, index) =>
      response.writeHead(index === 0 ? status : 204).end(),
    );
    await bench.tell(joined('a'), joined('b'));
    await bench.server.received(2);
    expect(bench.nodes()).toEqual(['a', 'b']);
    await complained(bench, 2);
    const reason = expect.stringMatching(new RegExp(`^POST ${bench.server.url}: answered ${status} `));
    expect(shown(bench.log)).toEqual([
      { level: 'warn', code: 'OUTPUT_FAILED', reason, event: joined('a'), message: 'event refused' },
    ]);
    expect(bench.complaints).toEqual([
      expect.stringMatching(/; it refused a node_joined, which the log has$/),
      null,
    ]);
  });
});

describe('when more events wait than may', () => {
  test('the oldest go, which it says until none waits any more', async () => {
    let up = false;
    await using bench = await openBench((response) => response.writeHead(up ? 204 : 503).end(), {
      spool_limit: '100kB',
    });
    const nodes = Array.from({ length: 300 }, (_, index) => `${index + 1}`.padEnd(400, '.'));
    await bench.tell(...nodes.map((node) => joined(node)));
    const said = bench.complaints.filter((one) => one?.includes('spool_limit'));
    const dropped = Number(/and (\d+) events were dropped$/.exec(said.at(-1) ?? '')?.[1]);
    expect(dropped).toBeGreaterThan(50);
    up = true;
    await until(() => bench.complaints.at(-1) === null, 'the end of the complaints', 10);
    const there = bench.nodes().filter((_, index) => index > 0);
    expect([...new Set(there)].slice(-(300 - dropped))).toEqual(nodes.slice(dropped));
  });
});

describe('a disk that cannot be used', () => {
  test('is told in a sentence, and no event is taken', async () => {
    await using bench = await openBench();
    await bench.restart();
    const spool = join(bench.folder, 'hook', 'events');
    await rm(spool, { recursive: true });
    await writeFile(spool, 'in the way');
    await expect(bench.tell(joined('a'))).rejects.toThrow(`cannot keep events in ${spool}: `);
    await rm(spool);
    await bench.tell(joined('b'));
    await until(() => bench.nodes().includes('b'), 'the event');
    await rm(spool, { recursive: true });
    await writeFile(spool, 'in the way');
    await expect(bench.restart()).rejects.toThrow(`cannot keep events in ${spool}: `);
    await rm(spool);
    await mkdir(spool);
  });
});

describe('a signature', () => {
  const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
  const OTHER = 'whsec_bXkgb3RoZXIgc2VjcmV0IG9mIDI4IGJ5dGVz';

  /** Written from the specification alone, without looking at ours. */
  function signatureOf({ headers, body }: ReceivedPost, secret: string): string {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const content = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.');
    return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
  }

  /** The same by OpenSSL; undefined where it is not installed. */
  function opensslSignatureOf({ headers, body }: ReceivedPost, secret: string): string | undefined {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64').toString('hex');
    const args = ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', `hexkey:${key}`, '-binary'];
    const input = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    try {
      return `v1,${execFileSync('openssl', args, { input }).toString('base64')}`;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  test('is what the standard says, by two others who compute it', async () => {
    process.env.BECOMINGONE_TEST_SECRET = SECRET;
    await using bench = await openBench(undefined, {
      on: ['states', 'events'],
      secret_env: 'BECOMINGONE_TEST_SECRET',
    });
    await bench.tell({ ...joined('Küche'), session: '\u2028"' });
    await bench.server.received(1);
    await bench.write();
    delete process.env.BECOMINGONE_TEST_SECRET;
    const ids = bench.server.posts.map(({ headers }) => String(headers['webhook-id']));
    expect(ids[1]).toMatch(/^state_[0-9a-f]{8}_1$/);
    for (const post of bench.server.posts) {
      const signature = post.headers['webhook-signature'];
      expect(signature).toBe(signatureOf(post, SECRET));
      expect([signature, undefined]).toContain(opensslSignatureOf(post, SECRET));
    }
  });

  test('is that of the vector in the reference libraries', async () => {
    const { webhookHeaders } = await import('../../../adapters/webhook-signature.js');
    const post = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestampSeconds: 1_614_265_330.9,
      body: '{"test": 2432232314}',
    };
    expect(webhookHeaders(post, [Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')])).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  test('is given with each secret of a file, which may change while it runs', async () => {
    await using folder = await temporaryFolder();
    const secret_file = join(folder.path, 'secret');
    await writeFile(secret_file, `${SECRET}\n`);
    await using bench = await openBench(undefined, { secret_file });
    await bench.tell(joined('a'));
    await bench.server.received(1);
    await writeFile(secret_file, `${OTHER}\n${SECRET}\n`);
    await bench.tell(joined('b'));
    await bench.server.received(2);
    const [first, second] = bench.server.posts;
    expect(first?.headers['webhook-signature']).toBe(signatureOf(first as ReceivedPost, SECRET));
    expect(second?.headers['webhook-signature']).toBe(
      [OTHER, SECRET].map((secret) => signatureOf(second as ReceivedPost, secret)).join(' '),
    );
  });

  test.each([
    ['', 'found no secret in secret_file'],
    ['hunter2', 'found another secret in secret_file'],
    [`whsec_${Buffer.alloc(23).toString('base64')}`, 'found another secret in secret_file'],
    [`whsec_${Buffer.alloc(65).toString('base64')}`, 'found another secret in secret_file'],
    ['whsec_not*base64*not*base64*not*base64', 'found another secret in secret_file'],
  ])('by the secret %j is refused without showing it, and the event is kept', async (secret, sentence) => {
    await using folder = await temporaryFolder();
    const secret_file = join(folder.path, 'secret');
    await writeFile(secret_file, secret);
    const clock = createManualClock();
    await using bench = await openBench(undefined, { secret_file }, clock);
    await bench.tell(joined('a'));
    await complained(bench, 1);
    expect(bench.complaints[0]).toBe(
      `${sentence} ${secret_file}, expected whsec_ and the base64 of 24 to 64 bytes, as in \`echo whsec_$(openssl rand -base64 32)\``,
    );
    await writeFile(secret_file, SECRET);
    await settled();
    clock.advance(1);
    await bench.server.received(1);
  });

  test('by secrets of two places, or of none that there is, is none', async () => {
    const probe = (options: object) =>
      apiOutput.probe?.(apiOutput.options.parse({ url: 'https://example.org/hook?key=s3cret', ...options }));
    expect(await probe({ secret_env: 'A', secret_file: 'b' })).toEqual({
      ok: false,
      reason: 'found both secret_env and secret_file, expected one of them',
    });
    expect(await probe({ secret_env: 'BECOMINGONE_TEST_NO_SUCH' })).toEqual({
      ok: false,
      reason: expect.stringMatching(
        '^found no secret in the environment variable BECOMINGONE_TEST_NO_SUCH, ',
      ),
    });
    expect(await probe({ secret_file: '/no/such/file' })).toEqual({
      ok: false,
      reason: expect.stringMatching('^cannot read secret_file /no/such/file: ENOENT'),
    });
    expect(await probe({ token_file: '/no/such/file' })).toMatchObject({ ok: false });
    expect(await probe({})).toEqual({ ok: true, detail: 'POSTs to https://example.org/hook' });
  });
});
