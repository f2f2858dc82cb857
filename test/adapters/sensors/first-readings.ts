import type { InputDefinition, Reading } from '../../../contract/adapters.js';
import { createInputBench } from '../input/input-suite.js';

/** The values that an input reads first; rejects as its run does. */
export async function firstReadings(
  definition: InputDefinition,
  options: Parameters<InputDefinition['create']>[0],
  count = 1,
): Promise<number[]> {
  const bench = createInputBench();
  const stop = new AbortController();
  const emit = (reading: Reading): void => {
    bench.context.emit(reading);
    if (bench.readings.length === count) stop.abort();
  };
  await definition.create(options, { ...bench.context, emit }).run(stop.signal);
  return bench.readings.map(({ value }) => value);
}
