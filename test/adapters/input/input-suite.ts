import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { InputContext, InputDefinition, Reading, TopicText } from '../../../contract/adapters.js';
import { type Clock, systemClock } from '../../../contract/clock.js';
import { reasonOf } from '../../../contract/errors.js';
import { silentLog } from '../../../contract/log.js';
import { topicMatcher } from '../../../contract/topic-filter.js';
import { quickest } from '../../support/quickest.js';

/** What an input reads in a test: a signal, a server, a file, a bus; disposing of it takes it away. */
export interface InputSource extends Partial<AsyncDisposable> {
  readonly options: Readonly<Record<string, unknown>>;
  /** Makes the input read, if it does not by itself; called again until it has. */
  feed?(bench: InputBench): void | Promise<void>;
  /** Lets the source die while the input reads from it; whoever starts again finds it alive. */
  kill?(): void | Promise<void>;
  /** Takes the source away for good, so that the input has something to say. */
  ruin?(): void | Promise<void>;
}

/** An input under test: what it said, and how to say something to it. */
export interface InputBench {
  readonly readings: Reading[];
  readonly rejections: string[];
  readonly losses: string[];
  readonly context: InputContext;
  /** A message on the input's own topic. */
  send(text: string): void;
  /** A message on any topic, for inputs that hear one. */
  publish(topic: string, text: string, retained?: boolean): void;
}

interface Ear {
  readonly matches: (topic: string) => boolean;
  readonly handler: (message: TopicText) => void;
  readonly retained: boolean;
}

export function createInputBench(clock: Clock = systemClock, everySeconds = 0.001): InputBench {
  const readings: Reading[] = [];
  const rejections: string[] = [];
  const losses: string[] = [];
  const own = new Set<(text: string) => void>();
  const ears = new Set<Ear>();
  const context: InputContext = {
    clock,
    log: silentLog,
    everySeconds,
    emit: (reading) => readings.push(reading),
    reject: (reason) => rejections.push(reason),
    lose: (reason) => losses.push(reason),
    onMessage(handler) {
      own.add(handler);
      return () => own.delete(handler);
    },
    async hear(filter, handler, { retained = false } = {}) {
      const ear = { matches: topicMatcher(filter), handler, retained };
      ears.add(ear);
      return () => ears.delete(ear);
    },
  };
  return {
    readings,
    rejections,
    losses,
    context,
    send(text) {
      for (const handler of own) handler(text);
    },
    publish(topic, text, retained = false) {
      for (const ear of ears) {
        if (ear.matches(topic) && (ear.retained || !retained)) ear.handler({ topic, text, retained });
      }
    },
  };
}

const READS_WITHIN_MS = 10_000;
const SPEAKS_WITHIN_MS = 500;
const STOPS_WITHIN_MS = 200;
const DEATHS = 100;

/** What every input adapter must do, whatever it reads. */
export function describeInput(definition: InputDefinition, open: () => Promise<InputSource>): void {
  const create = (source: InputSource, bench: InputBench) =>
    definition.create(definition.options.parse(source.options), bench.context);

  /** Waits until it has read more than so much. */
  const untilRead = async (source: InputSource, bench: InputBench, count: number): Promise<void> => {
    const limit = performance.now() + READS_WITHIN_MS;
    while (bench.readings.length < count) {
      if (performance.now() > limit) {
        const said = [...bench.rejections, ...bench.losses].at(-1) ?? 'nothing';
        throw new Error(`${definition.name} did not read within ${READS_WITHIN_MS} ms; it said: ${said}`);
      }
      await source.feed?.(bench);
      await delay(1);
    }
  };

  /** Runs it until it has given a few readings; resolves with the seconds that its stop took. */
  const runOnce = async (source: InputSource, bench: InputBench): Promise<number> => {
    const stop = new AbortController();
    const running = create(source, bench).run(stop.signal);
    await Promise.race([untilRead(source, bench, 3), running]);
    const stoppedAt = performance.now();
    stop.abort();
    await running;
    return (performance.now() - stoppedAt) / 1000;
  };

  /** Starts it again whenever it ends, as an agent does; resolves with what it ended with. */
  const keepRunning = async (source: InputSource, bench: InputBench, signal: AbortSignal) => {
    const reasons: string[] = [];
    while (!signal.aborted) {
      await create(source, bench)
        .run(signal)
        .catch((error) => reasons.push(reasonOf(error)));
      await delay(1);
    }
    return reasons;
  };

  const expectSentences = (texts: readonly string[]): void => {
    for (const text of texts) {
      expect(text).toMatch(/^\S.*\w+ \w+.*\S$/);
      expect(text.length).toBeLessThan(500);
    }
  };

  describe(`input ${definition.name}`, () => {
    test('is called like its file', async () => {
      const module: object = await import(`../../../adapters/input/${definition.name}.js`);
      expect(Object.values(module)).toContain(definition);
    });

    test('refuses options it does not know, and leaves the shared ones alone', async () => {
      await using source = await opened(open);
      expect(definition.options.safeParse(source.options).success).toBe(true);
      expect(definition.options.safeParse({ ...source.options, no_such_option: 1 }).success).toBe(false);
      for (const shared of ['adapter', 'encoder', 'every', 'weight']) {
        expect(definition.options.shape).not.toHaveProperty(shared);
      }
    });

    test('describes every option', () => {
      for (const [name, option] of Object.entries(definition.options.shape)) {
        expect([name, option.description ?? '']).toEqual([name, expect.stringMatching(/\w/)]);
      }
    });

    test('has a period, or none', async () => {
      await using source = await opened(open);
      expect(definition.everySeconds?.(definition.options.parse(source.options)) ?? 1).toBeGreaterThan(0);
    });

    test('says in words whether it can work here', async () => {
      await using source = await opened(open);
      const probe = (await definition.probe?.(definition.options.parse(source.options))) ?? { ok: true };
      if (probe.ok) expect(probe.detail ?? 'there').toMatch(/^\S[^\n]*$/);
      else expectSentences([probe.reason]);
    });

    test('stops within 200 ms and reads no more', async () => {
      const stop = async (): Promise<number> => {
        await using source = await opened(open);
        const bench = createInputBench();
        const milliseconds = (await runOnce(source, bench)) * 1000;
        const { length } = bench.readings;
        await source.feed?.(bench);
        await delay(20);
        expect(bench.readings).toHaveLength(length);
        return milliseconds;
      };
      expect(await quickest(stop)).toBeLessThan(STOPS_WITHIN_MS);
    });

    test('reads no more when it is stopped as it starts', async () => {
      await using source = await opened(open);
      const bench = createInputBench();
      const stop = new AbortController();
      const running = create(source, bench).run(stop.signal);
      stop.abort();
      const { length } = bench.readings;
      await running;
      expect(bench.readings).toHaveLength(length);
    });

    test('does not begin when it is to stop', async () => {
      await using source = await opened(open);
      const bench = createInputBench();
      await create(source, bench).run(AbortSignal.abort());
      await source.feed?.(bench);
      expect(bench.readings).toEqual([]);
    });

    test('reads finite numbers alone', async () => {
      await using source = await opened(open);
      const bench = createInputBench();
      await runOnce(source, bench);
      for (const { value, imag = 0 } of bench.readings) expect(Number.isFinite(value + imag)).toBe(true);
    });

    test(`reads again after its source has died ${DEATHS} times`, async () => {
      await using source = await opened(open);
      const bench = createInputBench();
      const stop = new AbortController();
      const running = keepRunning(source, bench, stop.signal);
      await untilRead(source, bench, 1);
      for (let death = 0; death < DEATHS; death += 1) {
        await source.kill?.();
        await untilRead(source, bench, bench.readings.length + 1);
      }
      stop.abort();
      expectSentences([...(await running), ...bench.rejections, ...bench.losses]);
    }, 60_000);

    test('says in a sentence what is wrong when its source is gone', async () => {
      await using source = await opened(open);
      if (source.ruin === undefined) return;
      const bench = createInputBench();
      const stop = new AbortController();
      await source.ruin();
      const running = keepRunning(source, bench, stop.signal);
      await delay(SPEAKS_WITHIN_MS);
      stop.abort();
      const said = [...(await running), ...bench.rejections, ...bench.losses];
      expect(said).not.toEqual([]);
      expectSentences(said);
    });
  });
}

/** The source, whatever of it there is to dispose of. */
async function opened(open: () => Promise<InputSource>): Promise<InputSource & AsyncDisposable> {
  const source = await open();
  const dispose = source[Symbol.asyncDispose]?.bind(source);
  return Object.assign(source, { [Symbol.asyncDispose]: async () => dispose?.() });
}
