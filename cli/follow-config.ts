import { unwatchFile, watchFile } from 'node:fs';
import type { Outputs } from '../adapters/run-outputs.js';
import { reasonOf } from '../contract/errors.js';
import type { Environment } from './environment.js';
import { readSettings } from './settings.js';

/** How often the file is looked at; editors replace it in too many ways to be told of each. */
const LOOK_EVERY_MS = 1000;

/** Lets the outputs follow the configuration file: what changes in its `outputs` is done at once, the rest at a restart. */
export function followConfig(
  { config, configFile, lifecycle, log: root }: Environment,
  outputs: Outputs,
): void {
  if (configFile === undefined) return;
  const log = root.child({ component: 'config', file: configFile });
  let current = config;
  const reload = async (): Promise<void> => {
    try {
      const next = await readSettings(configFile);
      const changed = Object.keys(next).filter((key) => isOther(next, current, key));
      current = next;
      if (changed.length === 0) return;
      await outputs.update(next.outputs);
      const waiting = changed.filter((key) => key !== 'outputs');
      log.info({ changed }, 'the configuration has changed');
      if (waiting.length > 0) log.warn({ sections: waiting }, 'these sections change at the next start');
    } catch (error) {
      log.error({ reason: reasonOf(error) }, 'the changed configuration is not used');
    }
  };
  watchFile(configFile, { interval: LOOK_EVERY_MS, persistent: false }, () => void reload());
  lifecycle.signal.addEventListener('abort', () => unwatchFile(configFile), { once: true });
}

function isOther(one: object, other: object, key: string): boolean {
  const value = (map: object): string => JSON.stringify((map as Record<string, unknown>)[key]) ?? '';
  return value(one) !== value(other);
}
