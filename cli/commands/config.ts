import type { CommonOptions } from '../options.js';
import { findConfigFile, readSettings } from '../settings.js';

/** `becomingone config check [FILE]`. */
export async function checkConfig(file: string | undefined, options: CommonOptions): Promise<void> {
  const checked = findConfigFile(file ?? options.config);
  await readSettings(checked);
  process.stdout.write(
    checked === undefined ? 'no configuration file: every default holds\n' : `${checked}: valid\n`,
  );
}
