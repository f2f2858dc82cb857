import { describe, expect, test } from '@jest/globals';
import type { MqttClient } from 'mqtt';
import type { Link, LinkOptions, OpenLink } from '../../contract/link.js';
import { collect, type Received } from '../support/test-broker.js';

/** A link that a test can take away without a goodbye. */
export interface MortalLink {
  readonly link: Link;
  /** Cuts it off from the broker. */
  vanish(): Promise<void>;
}

/** One way to a broker, as the suite needs it. */
export interface Stage extends AsyncDisposable {
  readonly openLink: OpenLink;
  openMortal(options: LinkOptions): Promise<MortalLink>;
  /** Somebody else's client on the same broker. */
  connect(): Promise<MqttClient>;
}

const forever = new AbortController().signal;
const LIVE = { qos: 0, retain: false } as const;
const SAFE = { qos: 1, retain: false } as const;
const KEPT = { qos: 1, retain: true } as const;

/** What every way to a broker must do, so that no part can tell which it has. */
export function linkSuite(way: string, start: () => Promise<Stage>): void {
  describe(`a link ${way}`, () => {
    describe('delivers', () => deliveryTests(start));
    describe('keeps retained messages', () => retainedTests(start));
    describe('lives', () => lifeTests(start));
  });
}

function deliveryTests(start: () => Promise<Stage>): void {
  test.each([LIVE, SAFE])('in the order of the calls: %o', async (options) => {
    await using stage = await start();
    const [from, to] = [
      await stage.openLink({ name: 'from' }, forever),
      await stage.openLink({ name: 'to' }, forever),
    ];
    const got = await collect(to, 'order/+');
    const sent = Array.from({ length: 500 }, (_, index) => String(index));
    for (const text of sent)
      from.publish(`order/${text.slice(-1)}`, text, { ...options, retain: text.endsWith('3') });
    expect((await got.count(sent.length)).map(({ text }) => text)).toEqual(sent);
  });

  test('its own messages to itself too', async () => {
    await using stage = await start();
    const link = await stage.openLink({ name: 'self' }, forever);
    const got = await collect(link, 'own/#');
    expect(link.publish('own/a', 'mine', SAFE)).toBe(true);
    expect(await got.next()).toMatchObject({ topic: 'own/a', text: 'mine', retained: false });
  });

  test('to and from clients of any make', async () => {
    await using stage = await start();
    const [link, client] = [await stage.openLink({ name: 'link' }, forever), await stage.connect()];
    const [toLink, toClient] = [await collect(link, 'in/+'), await collect(client, 'out/+')];
    await client.publishAsync('in/a', 'hello');
    link.publish('out/a', 'hello yourself', LIVE);
    expect((await toLink.next()).text).toBe('hello');
    expect((await toClient.next()).text).toBe('hello yourself');
  });

  test('every byte of a payload', async () => {
    await using stage = await start();
    const [link, client] = [await stage.openLink({ name: 'bytes' }, forever), await stage.connect()];
    const [toLink, toClient] = [await collect(link, 'bytes/in'), await collect(client, 'bytes/out')];
    const everyByte = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    await client.publishAsync('bytes/in', everyByte);
    link.publish('bytes/out', 'grün ☀ 🜂 \u0000', LIVE);
    expect((await toLink.next()).payload).toEqual(everyByte);
    expect((await toClient.next()).text).toBe('grün ☀ 🜂 \u0000');
  });

  test('large payloads', async () => {
    await using stage = await start();
    const link = await stage.openLink({ name: 'large' }, forever);
    const got = await collect(link, 'large');
    const large = 'x'.repeat(200_000);
    link.publish('large', large, SAFE);
    expect((await got.next()).text).toBe(large);
  });

  test('nothing after the subscription was given up, and the rest as before', async () => {
    await using stage = await start();
    const link = await stage.openLink({ name: 'leaver' }, forever);
    const left: string[] = [];
    const leave = await link.subscribe('left/+', ({ topic }) => left.push(topic));
    const stays = await collect(link, 'stays/+');
    link.publish('left/1', '', SAFE);
    link.publish('stays/1', '', SAFE);
    await stays.next();
    leave();
    leave();
    link.publish('left/2', '', SAFE);
    link.publish('stays/2', '', SAFE);
    await stays.next();
    expect(left).toEqual(['left/1']);
    const again = await collect(link, 'left/+');
    link.publish('left/3', '', SAFE);
    expect((await again.next()).topic).toBe('left/3');
  });

  test('although another handler throws', async () => {
    await using stage = await start();
    const link = await stage.openLink({ name: 'thrower' }, forever);
    await link.subscribe('bad/+', () => {
      throw new Error('on purpose');
    });
    const got = await collect(link, 'good/+');
    link.publish('bad/1', '', SAFE);
    link.publish('good/1', '', SAFE);
    expect((await got.next()).topic).toBe('good/1');
  });
}

function retainedTests(start: () => Promise<Stage>): void {
  test('and tells them from live ones', async () => {
    await using stage = await start();
    const [from, to] = [
      await stage.openLink({ name: 'from' }, forever),
      await stage.openLink({ name: 'to' }, forever),
    ];
    await published(from, 'kept/a', 'old', KEPT);
    const got = await collect(to, 'kept/+');
    expect(await got.next()).toMatchObject({ text: 'old', retained: true });
    from.publish('kept/a', 'new', KEPT);
    expect(await got.next()).toMatchObject({ text: 'new', retained: false });
  });

  test('until an empty payload clears them', async () => {
    await using stage = await start();
    const [from, to] = [
      await stage.openLink({ name: 'from' }, forever),
      await stage.openLink({ name: 'to' }, forever),
    ];
    await published(from, 'kept/a', 'first', KEPT);
    await published(from, 'kept/b', 'second', KEPT);
    await published(from, 'kept/a', '', KEPT);
    const got = await collect(to, 'kept/+');
    expect(await got.next()).toMatchObject({ topic: 'kept/b', retained: true });
    from.publish('kept/c', 'live', LIVE);
    expect(await got.next()).toMatchObject({ topic: 'kept/c', retained: false });
  });
}

function lifeTests(start: () => Promise<Stage>): void {
  const will = { topic: 'life/will', payload: 'offline', ...KEPT };

  test('gives birth once it is online', async () => {
    await using stage = await start();
    const client = await stage.connect();
    const got = await collect(client, 'life/+');
    const births: boolean[] = [];
    const birth = (link: Link): void => {
      births.push(link.online && link.publish('life/birth', 'here', KEPT));
    };
    const link = await stage.openLink({ name: 'born', birth }, forever);
    expect(link.online).toBe(true);
    expect(births).toEqual([true]);
    expect((await got.next()).text).toBe('here');
  });

  test('and its will is published when it vanishes', async () => {
    await using stage = await start();
    const client = await stage.connect();
    const got = await collect(client, 'life/+');
    const { vanish } = await stage.openMortal({ name: 'mortal', will });
    await vanish();
    expect((await got.next()).text).toBe('offline');
    const kept = await collect(await stage.openLink({ name: 'heir' }, forever), 'life/+');
    expect(await kept.next()).toMatchObject({ text: 'offline', retained: true });
  });

  test('and its will is not published when it says goodbye, but its last words are', async () => {
    await using stage = await start();
    const client = await stage.connect();
    const got = await collect(client, 'life/+');
    const link = await stage.openLink({ name: 'polite', will }, forever);
    for (let word = 0; word < 100; word += 1) link.publish('life/words', String(word), SAFE);
    await link.close();
    await client.publishAsync('life/after', 'after', { qos: 1 });
    await got.next(({ topic }) => topic === 'life/after');
    const topics = got.messages.map(({ topic }: Received) => topic);
    expect(topics).not.toContain('life/will');
    expect(topics.filter((topic) => topic === 'life/words')).toHaveLength(100);
  });

  test('publishes nothing when it is closed, and is closed once', async () => {
    await using stage = await start();
    const link = await stage.openLink({ name: 'closed' }, forever);
    let ends = 0;
    void link.closed.then(() => {
      ends += 1;
    });
    await Promise.all([link.close(), link.close()]);
    await link.close();
    expect(await link.closed).toBeUndefined();
    expect(ends).toBe(1);
    expect(link.online).toBe(false);
    expect(link.publish('life/late', '', LIVE)).toBe(false);
  });

  test('publishes nothing while it is cut off', async () => {
    await using stage = await start();
    const { link, vanish } = await stage.openMortal({ name: 'cut' });
    await vanish();
    expect(link.online).toBe(false);
    expect(link.publish('life/late', '', SAFE)).toBe(false);
  });

  test('is not opened for somebody who has left', async () => {
    await using stage = await start();
    await expect(stage.openLink({ name: 'left' }, AbortSignal.abort())).rejects.toMatchObject({
      code: 'LINK_AWAY',
    });
  });
}

/** Publishes, and waits until the broker has it. */
async function published(link: Link, topic: string, text: string, options: typeof KEPT): Promise<void> {
  const echo = await collect(link, topic);
  link.publish(topic, text, options);
  await echo.next(({ text: got, retained }) => got === text && !retained);
  echo.stop();
}
