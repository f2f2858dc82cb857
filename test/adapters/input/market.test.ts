import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { marketInput } from '../../../adapters/input/market.js';
import { createLogReturns } from '../../../adapters/log-returns.js';
import { explain } from '../../../contract/explain.js';
import { instantFromSeconds } from '../../../contract/instant.js';
import { createTrendEncoder } from '../../../kairos/trend-encoder.js';
import { createRandom } from '../../kairos/random.js';
import { until } from '../../support/until.js';
import { describeInput } from './input-suite.js';
import { generateMarketCsv } from './market-prices.js';
import { runInput, valuesOf } from './running-input.js';
import { temporaryFolder } from './temporary-folder.js';
import { startWebServer } from './web-server.js';
import { startWebSocketFeed } from './web-socket-feed.js';

const ROWS = 'time,price\n0,100\n0.001,101\n0.002,100\n0.003,102\n';

describeInput(marketInput, async () => {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'prices.csv');
  await writeFile(file, ROWS);
  return {
    options: { file, loop: true },
    async kill() {
      await rm(file);
      await delay(5);
      await writeFile(file, ROWS);
    },
    ruin: () => rm(file),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});

describeInput(marketInput, async () => {
  const server = await startWebServer((response, index) => response.end(`{"price": "${100 + (index % 7)}"}`));
  return {
    options: { url: `${server.origin}/ticker`, path: 'price' },
    async kill() {
      await server.die();
      await server.comeBack();
    },
    ruin: () => server.die(),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

describeInput(marketInput, async () => {
  let count = 0;
  const feed = await startWebSocketFeed();
  return {
    options: { url: feed.url, path: 'p' },
    feed: () => feed.tell(`{"p": ${100 + (++count % 7)}}`),
    async kill() {
      await feed.die();
      await feed.comeBack();
    },
    ruin: () => feed.die(),
    [Symbol.asyncDispose]: () => feed[Symbol.asyncDispose](),
  };
});

type Tick = readonly [seconds: number, price: number];

/** The returns of ticks, null where there is none. */
function returnsOf(ticks: readonly Tick[], memorySeconds = 3600): (number | null)[] {
  const returns = createLogReturns(memorySeconds);
  return ticks.map(([seconds, price]) => returns.next(price, instantFromSeconds(seconds)));
}

/** A random walk of a price, with ticks at random moments. */
function walk(count: number, spread: number, seed: number): Tick[] {
  const { uniform, normal } = createRandom(seed);
  let [seconds, logPrice] = [0, 0];
  return Array.from({ length: count }, () => {
    const dt = 0.001 - 5 * Math.log(1 - uniform());
    seconds += dt;
    logPrice += spread * Math.sqrt(dt) * normal();
    return [seconds, 100 * Math.exp(logPrice)] as const;
  });
}

describe('returns', () => {
  test('are those of the formula', () => {
    const ticks: Tick[] = [
      [0, 100],
      [1, 102],
      [5, 101],
      [5.5, 101],
      [65, 110],
    ];
    const memory = 20;
    const steps = ticks.slice(1).map(([seconds, price], index) => {
      const [before, priceBefore] = ticks[index] ?? [0, 1];
      return { at: seconds, dt: seconds - before, change: Math.log(price / priceBefore) };
    });
    // The weights written out: each step counts as long as it took, and fades.
    const expected = steps.map(({ at, dt, change }, last) => {
      let [sum, weights] = [0, 0];
      for (const step of steps.slice(0, last + 1)) {
        const weight = (1 - Math.exp(-step.dt / memory)) * Math.exp(-(at - step.at) / memory);
        sum += (weight * step.change ** 2) / step.dt;
        weights += weight;
      }
      return expect.closeTo(change / Math.sqrt((dt * sum) / weights), 9);
    });
    expect(returnsOf(ticks, memory)).toEqual([null, ...expected]);
  });

  test('begin with a step of one, and are nothing while no price moves', () => {
    expect(
      returnsOf([
        [0, 5],
        [1, 6],
      ]),
    ).toEqual([null, expect.closeTo(1, 12)]);
    expect(
      returnsOf([
        [0, 5],
        [9, 4],
      ]),
    ).toEqual([null, expect.closeTo(-1, 12)]);
    expect(
      returnsOf([
        [0, 5],
        [1, 5],
        [2, 5],
        [3, 6],
      ]),
    ).toEqual([null, 0, 0, expect.any(Number)]);
  });

  test('have a mean square of 1 on a random walk, however its ticks come', () => {
    for (const spread of [1e-6, 1e-2]) {
      const returns = returnsOf(walk(20_000, spread, 7)).slice(1000) as number[];
      const meanSquare = returns.reduce((sum, value) => sum + value * value, 0) / returns.length;
      expect(meanSquare).toBeGreaterThan(0.95);
      expect(meanSquare).toBeLessThan(1.05);
    }
  });

  test('have no dimension: neither the currency nor the size of the moves counts', () => {
    const factor = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer(),
        factor,
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (seed, currency, size) => {
          const ticks = walk(50, 1e-3, seed);
          const other = ticks.map(([seconds, price]) => [seconds, currency * (price / 100) ** size] as const);
          const [plain, scaled] = [returnsOf(ticks).slice(1), returnsOf(other).slice(1)];
          for (const [index, value] of plain.entries()) expect(scaled[index]).toBeCloseTo(value ?? 0, 6);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('are finite for any prices at any times', () => {
    const price = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true });
    const seconds = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(seconds, price)),
        fc.double({ min: 1e-3, max: 1e8, noNaN: true }),
        (ticks, memory) => {
          for (const value of returnsOf(ticks, memory))
            expect(value === null || Number.isFinite(value)).toBe(true);
        },
      ),
    );
  });

  test('know a calm after the storm', () => {
    const calm = [
      [0, 1],
      [1e-9, 1e300],
      [1e9, 1e300 * (1 + 1e-10)],
    ] as const;
    expect(returnsOf(calm, 0.001)[2]).toBeCloseTo(1, 6);
  });

  test('wait for time to pass: what moves at one moment counts at the next', () => {
    const together = returnsOf([
      [0, 100],
      [1, 101],
      [1, 103],
      [0.5, 90],
      [2, 102],
    ]);
    expect(together.slice(2, 4)).toEqual([null, null]);
    expect(together[4]).toBeCloseTo(
      returnsOf([
        [0, 100],
        [1, 101],
        [2, 102],
      ])[2] ?? 0,
      12,
    );
  });

  test('are compared afresh when the clock was set back', () => {
    expect(
      returnsOf([
        [100, 5],
        [101, 6],
        [50, 100],
        [51, 100],
      ]),
    ).toEqual([null, 1, null, 0]);
  });
});

describe('as an input', () => {
  test('it gives the returns of a recording, with their times', async () => {
    await using input = runInput(marketInput, { file: 'examples/market.csv', speed: 1000 });
    await playedOut(input);
    const rows = (await readFile('examples/market.csv', 'utf8')).trim().split('\n').slice(1);
    const expected = returnsOf(
      rows.map((row) => {
        const [time = '', price] = row.split(',');
        // In whole milliseconds, which a number holds exactly; played a thousand times as fast.
        return [(Number(time.replace('.', '')) - 1_767_225_600_000) / 1e6, Number(price)] as const;
      }),
    );
    expect(input.readings).toHaveLength(1999);
    for (const [index, value] of valuesOf(input).entries())
      expect(value).toBeCloseTo(expected[index + 1] ?? 0, 6);
    expect(input.rejections).toEqual([]);
  });

  test('the recording is what its generator makes', async () => {
    expect(await readFile('examples/market.csv', 'utf8')).toBe(generateMarketCsv());
  });

  test('the seam of a loop is no fall', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'prices.csv');
    await writeFile(file, 'time,price\n0,100\n1,110\n2,121\n');
    await using input = runInput(marketInput, { file, loop: true });
    while (input.readings.length < 9) {
      await delay(1);
      input.clock.advance(1);
    }
    for (const value of valuesOf(input)) expect(value).toBeGreaterThan(0);
  });

  test('a price that is none is refused, and the next is compared with the last good one', async () => {
    const feed = await startWebSocketFeed();
    await using input = runInput(marketInput, {
      url: feed.url,
      path: 'p',
      time_path: 't',
      where: { e: 'trade' },
    });
    await until(() => feed.clients.size === 1, 'the connection');
    for (const [time, price] of [
      [1, 100],
      [2, 0],
      [3, -5],
      [4, '"n/a"'],
      [5, '"104"'],
    ]) {
      feed.tell(`{"e": "trade", "t": ${time}, "p": ${price}}`);
      feed.tell(`{"e": "heartbeat"}`);
    }
    await until(() => input.readings.length === 1, 'the return');
    expect(input.readings).toEqual([{ value: expect.closeTo(1, 9), at: { wholeSeconds: 5, fraction: 0 } }]);
    expect(input.rejections).toEqual([
      'found the price 0, expected one above 0',
      'found the price -5, expected one above 0',
      expect.stringContaining(`${feed.url}: p: found "n/a", expected a number`),
    ]);
    await feed[Symbol.asyncDispose]();
  });

  test('without times in the messages their arrivals count', async () => {
    await using server = await startWebServer((response, index) =>
      response.end(String([100, 110, 100][index])),
    );
    await using input = runInput(marketInput, { url: server.origin, memory: '10s' });
    for (let polls = 1; polls <= 3; polls += 1) {
      await until(() => input.waits === 2 * polls, `poll ${polls}`);
      input.clock.setNow(1e9 * polls);
      input.clock.advance(10);
    }
    const expected = returnsOf(
      [
        [0, 100],
        [10, 110],
        [20, 100],
      ],
      10,
    );
    expect(input.readings).toEqual(
      expected.slice(1).map((value) => ({ value: expect.closeTo(value ?? 0, 9) })),
    );
  });

  test('polls every 10 s unless it is told, and waits for no time otherwise', () => {
    const period = (options: object) => marketInput.everySeconds?.(marketInput.options.parse(options));
    expect(period({ url: 'https://example.org' })).toBe(10);
    expect(period({ url: 'wss://example.org' })).toBeUndefined();
    expect(period({ file: 'prices.csv' })).toBeUndefined();
  });
});

describe('its encoder', () => {
  test('is the trend over the same memory', () => {
    expect(marketInput.encoder?.(marketInput.options.parse({ file: 'a', memory: '10m' }))).toEqual({
      name: 'trend',
      memory: 600,
    });
  });

  test('gives markets that move together one angle, opposite ones the opposite, others any', () => {
    const ticks = walk(3000, 1e-3, 7);
    const opposite = ticks.map(([seconds, price]) => [seconds, 1e4 / price] as const);
    const other = walk(3000, 1e-3, 8).map(([, price], index) => [ticks[index]?.[0] ?? 0, price] as const);
    const same = ticks.map(([seconds, price]) => [seconds, 7 * price ** 2] as const);
    expect(likeness(ticks, same)).toBeCloseTo(1, 6);
    expect(likeness(ticks, opposite)).toBeCloseTo(-1, 6);
    expect(Math.abs(likeness(ticks, other))).toBeLessThan(0.1);
  });
});

/** The mean cosine between the angles of two markets. */
function likeness(one: readonly Tick[], two: readonly Tick[]): number {
  const [a, b] = [anglesOf(one), anglesOf(two)];
  return a.reduce((sum, angle, index) => sum + Math.cos(angle - (b[index] ?? 0)), 0) / a.length;
}

function anglesOf(ticks: readonly Tick[]): number[] {
  const encoder = createTrendEncoder({ tauBaseSeconds: 1, memorySeconds: 600 });
  const returns = returnsOf(ticks, 600);
  return ticks.flatMap(([seconds], index) => {
    const value = returns[index];
    if (value === null || value === undefined) return [];
    const { wholeSeconds, fraction } = instantFromSeconds(seconds);
    encoder.encode(value, 0, wholeSeconds, fraction);
    return index < 100 ? [] : [Math.atan2(encoder.imag, encoder.real)];
  });
}

/** Moves the clock on until the recording has ended. */
async function playedOut(input: ReturnType<typeof runInput>): Promise<void> {
  await until(() => {
    input.clock.advance(0.05);
    return input.losses.length === 1;
  }, 'the end of the recording');
}

describe('probing', () => {
  const probe = (options: object) => marketInput.probe?.(marketInput.options.parse(options));

  test('asks the source', async () => {
    await using server = await startWebServer((response) => response.end('{"p": "7"}'));
    await using feed = await startWebSocketFeed();
    expect(await probe({ url: server.origin, path: 'p' })).toEqual({
      ok: true,
      detail: `${server.origin}/ gives 7`,
    });
    expect(await probe({ url: feed.url })).toEqual({ ok: true, detail: `${feed.url} accepts a WebSocket` });
    expect(await probe({ file: 'examples/market.csv' })).toEqual({
      ok: true,
      detail: 'examples/market.csv begins with 50000 in line 2',
    });
    expect(await probe({ file: 'none.csv' })).toMatchObject({ ok: false });
  });
});

test.each([
  [{}, 'found neither url nor file, expected one of them: url to ask a server, file to replay a recording'],
  [
    { url: 'http://example.org', file: 'a.csv' },
    'found both url and file, expected one of them: url to ask a server, file to replay a recording',
  ],
])('%j does not run', async (options, sentence) => {
  await using input = runInput(marketInput, options);
  expect(await input.ended).toBe(sentence);
  expect(await marketInput.probe?.(marketInput.options.parse(options))).toEqual({
    ok: false,
    reason: sentence,
  });
});

test.each([
  [{ url: 'ftp://example.org' }, 'url: found "ftp://example.org", expected an address such as wss://'],
  [{ url: 'wss://me:pw@example.org' }, 'expected an address without a password'],
  [{ file: 'a.csv', memory: 0 }, 'memory: found 0, expected a duration'],
])('the configuration %j is refused: %s', (options, sentence) => {
  expect(explain(marketInput.options, options)).toContain(sentence);
});
