import { describe, expect, test } from '@jest/globals';
import type { InputContext, InputDefinition, Reading } from '../../../contract/adapters.js';
import { type Clock, systemClock } from '../../../contract/clock.js';
import { silentLog } from '../../../contract/log.js';

/** What the suite needs to know to make an input read. */
export interface InputExample {
  readonly options: Record<string, unknown>;
  /** Messages that make an input read which waits for them. */
  readonly messages?: readonly string[];
}

/** An input under test: what it said, and how to say something to it. */
export interface InputBench {
  readonly readings: Reading[];
  readonly rejections: string[];
  readonly context: InputContext;
  send(text: string): void;
}

export function createInputBench(clock: Clock = systemClock, everySeconds = 0.001): InputBench {
  const readings: Reading[] = [];
  const rejections: string[] = [];
  const handlers = new Set<(text: string) => void>();
  const context: InputContext = {
    clock,
    log: silentLog,
    everySeconds,
    emit: (reading) => readings.push(reading),
    reject: (reason) => rejections.push(reason),
    onMessage(handler) {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
  };
  const send = (text: string): void => {
    for (const handler of handlers) handler(text);
  };
  return { readings, rejections, context, send };
}

/** What every input adapter must do, whatever it reads. */
export function describeInput(definition: InputDefinition, { options, messages }: InputExample): void {
  const create = (bench: InputBench) => definition.create(definition.options.parse(options), bench.context);

  const sendAll = (bench: InputBench): void => {
    for (const message of messages ?? []) bench.send(message);
  };

  /** Runs it until it has given a few readings; resolves with the seconds that its stop took. */
  const runOnce = async (bench: InputBench): Promise<number> => {
    const stop = new AbortController();
    const running = create(bench).run(stop.signal);
    sendAll(bench);
    const enough = messages === undefined ? 3 : 1;
    while (bench.readings.length < enough) await new Promise((resolve) => setTimeout(resolve, 1));
    const stoppedAt = performance.now();
    stop.abort();
    await running;
    return (performance.now() - stoppedAt) / 1000;
  };

  describe(`input ${definition.name}`, () => {
    test('is called like its file', async () => {
      const module: object = await import(`../../../adapters/input/${definition.name}.js`);
      expect(Object.values(module)).toContain(definition);
    });

    test('refuses options it does not know, and leaves the shared ones alone', () => {
      expect(definition.options.safeParse(options).success).toBe(true);
      expect(definition.options.safeParse({ ...options, no_such_option: 1 }).success).toBe(false);
      for (const shared of ['adapter', 'encoder', 'every', 'weight']) {
        expect(definition.options.shape).not.toHaveProperty(shared);
      }
    });

    test('has a period', () => {
      expect(definition.everySeconds ?? 1).toBeGreaterThan(0);
    });

    test('says in words whether it can work here', async () => {
      const probe = (await definition.probe?.(definition.options.parse(options))) ?? { ok: true };
      if (!probe.ok) expect(probe.reason).toMatch(/\w+ \w+ \w+/);
    });

    test('stops within 200 ms and reads no more', async () => {
      const bench = createInputBench();
      expect(await runOnce(bench)).toBeLessThan(0.2);
      const { length } = bench.readings;
      sendAll(bench);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(bench.readings).toHaveLength(length);
    });

    test('reads no more when it is stopped at its first reading', async () => {
      const bench = createInputBench();
      const stop = new AbortController();
      const running = create(bench).run(stop.signal);
      stop.abort();
      const { length } = bench.readings;
      await running;
      expect(bench.readings).toHaveLength(length);
    });

    test('does not begin when it is to stop', async () => {
      const bench = createInputBench();
      await create(bench).run(AbortSignal.abort());
      sendAll(bench);
      expect(bench.readings).toEqual([]);
    });

    test('reads finite numbers alone', async () => {
      const bench = createInputBench();
      await runOnce(bench);
      for (const { value, imag = 0 } of bench.readings) expect(Number.isFinite(value + imag)).toBe(true);
    });

    test('can be started a hundred times', async () => {
      for (let start = 0; start < 100; start += 1) await runOnce(createInputBench());
    });
  });
}
