import { join } from 'node:path';
import type { Output, OutputDefinition } from '../../../contract/adapters.js';
import { type Clock, systemClock } from '../../../contract/clock.js';
import { temporaryFolder } from '../../support/cli.js';
import { until } from '../../support/until.js';
import { childProcesses } from '../child-processes.js';
import type { OutputBench } from '../output/output-suite.js';
import { createOutputWorld, type OutputWorld } from '../samples.js';
import { type PinLine, readPinLines } from './pin-lines.js';

/** A light in a dry run. */
export interface LightBench extends OutputWorld, AsyncDisposable {
  readonly light: Output;
  lines(): PinLine[];
}

export async function startLight(
  definition: OutputDefinition,
  options: object,
  clock: Clock = systemClock,
): Promise<LightBench> {
  const folder = await temporaryFolder();
  const dry_run = join(folder.path, 'pins.log');
  const world = createOutputWorld({ clock });
  const parsed = definition.options.parse({ every: 0, dry_run, ...options });
  const light = await definition.create(parsed, world.context);
  return {
    ...world,
    light,
    lines: () => readPinLines(dry_run),
    async [Symbol.asyncDispose]() {
      await light.close?.();
      await until(() => childProcesses().length === 0, 'the end of the process of the pins');
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** What the suite of all outputs needs of a light: what it shows is what its pins put out. */
export async function lightSuiteBench(
  options: Record<string, unknown>,
  dark: string,
  shows: (lines: PinLine[]) => string,
): Promise<OutputBench> {
  const folder = await temporaryFolder();
  const dry_run = join(folder.path, 'pins.log');
  const lines = (): PinLine[] => {
    try {
      return readPinLines(dry_run);
    } catch {
      return [];
    }
  };
  return {
    options: { every: 0, dry_run, ...options },
    acts: () => (lines().length === 0 ? dark : shows(lines())),
    stall: () => {
      for (const pid of childProcesses()) process.kill(pid, 'SIGSTOP');
    },
    async [Symbol.asyncDispose]() {
      await until(() => childProcesses().length === 0, 'the end of the process of the pins');
      await folder[Symbol.asyncDispose]();
    },
  };
}
