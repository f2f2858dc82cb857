import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Output, OutputContext, OutputDefinition } from '../../../contract/adapters.js';
import { faultsOf } from '../../../contract/explain.js';
import { quickest } from '../../support/quickest.js';
import { anyState, aState, createOutputWorld } from '../samples.js';

/** An output and the world it acts on. */
export interface OutputBench extends AsyncDisposable {
  readonly options: Readonly<Record<string, unknown>>;
  /** What is different about its surroundings. */
  readonly context?: Partial<OutputContext>;
  /** What the output has done to the world so far: anything that compares. */
  acts(): unknown;
  /** From now on the world does not answer. */
  stall?(): void;
}

const SOON_MS = 200;

/** What every output keeps, whatever it acts on. */
export function describeOutput(
  title: string,
  definition: OutputDefinition,
  openBench: () => Promise<OutputBench>,
): void {
  const create = async ({ options, context }: OutputBench): Promise<Output> =>
    definition.create(definition.options.parse(options), createOutputWorld(context).context);

  describe(title, () => {
    test('takes no option that it does not know', async () => {
      await using bench = await openBench();
      expect(faultsOf(definition.options, bench.options)).toEqual([]);
      const faults = faultsOf(definition.options, { ...bench.options, bogus: 1 });
      expect(faults.map(({ found }) => found)).toEqual(['the unknown key "bogus"']);
    });

    test('acts on a state, and does nothing before the first', async () => {
      await using bench = await openBench();
      const before = await bench.acts();
      const output = await create(bench);
      expect(await bench.acts()).toEqual(before);
      await output.write(aState(), new AbortController().signal);
      expect(await bench.acts()).not.toEqual(before);
      await output.close?.();
    });

    test('a write ends soon after its abort, and so does closing', async () => {
      const stop = async (): Promise<number> => {
        await using bench = await openBench();
        const output = await create(bench);
        bench.stall?.();
        const aborter = new AbortController();
        const writing = Promise.resolve(output.write(aState(), aborter.signal)).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 20));
        const start = performance.now();
        aborter.abort();
        await writing;
        await output.quiet?.('stopping');
        await output.close?.();
        return performance.now() - start;
      };
      expect(await quickest(stop)).toBeLessThan(SOON_MS);
    });

    test('does nothing once it is closed', async () => {
      await using bench = await openBench();
      const output = await create(bench);
      await output.write(aState(), new AbortController().signal);
      await output.close?.();
      const before = await bench.acts();
      await output.write(
        aState({ coherence: 0.1, unified: false, identity: null }),
        new AbortController().signal,
      );
      await output.quiet?.('closed');
      await output.close?.();
      expect(await bench.acts()).toEqual(before);
    });

    test('may be quiet twice, before the first state, and between states', async () => {
      await using bench = await openBench();
      const output = await create(bench);
      for (const state of [undefined, aState(), aState({ unified: false, identity: null })]) {
        if (state !== undefined) await output.write(state, new AbortController().signal);
        await output.quiet?.('the sync worker is offline');
        const before = await bench.acts();
        await output.quiet?.('the sync worker is offline');
        expect(await bench.acts()).toEqual(before);
      }
      await output.close?.();
    });

    test('survives a thousand states of any kind', async () => {
      await using bench = await openBench();
      const output = await create(bench);
      const { signal } = new AbortController();
      const states = fc.sample(anyState, { numRuns: 1000, seed: 20261123 });
      for (const state of states) await output.write(state, signal);
      await output.close?.();
    });
  });
}
