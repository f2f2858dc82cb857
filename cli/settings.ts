import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { inputDefinitions } from '../adapters/input/registry.js';
import { outputDefinitions } from '../adapters/output/registry.js';
import { loadConfig, parseConfig } from '../contract/config/load.js';
import { type Config, createConfigSchema } from '../contract/config/schema.js';

/** The schema of the configuration with every adapter there is. */
export const configSchema = createConfigSchema(inputDefinitions, outputDefinitions);

/** Where a configuration is looked for when `--config` names none. */
function configCandidates(): string[] {
  return ['becomingone.yaml', '/etc/becomingone/becomingone.yaml'];
}

/**
 * Finds the configuration file: `--config`, $BECOMINGONE_CONFIG, ./becomingone.yaml,
 * /etc/becomingone/becomingone.yaml.
 *
 * @returns undefined when there is none: every default holds.
 */
export function findConfigFile(named: string | undefined): string | undefined {
  return named ?? process.env.BECOMINGONE_CONFIG ?? configCandidates().find((file) => existsSync(file));
}

/**
 * The configuration, all defaults applied.
 *
 * @throws MeshError CONFIG_UNREADABLE or CONFIG_INVALID, with file, line, column, what was found and expected.
 */
export async function readSettings(named: string | undefined): Promise<Config> {
  const file = findConfigFile(named);
  return file === undefined ? parseConfig('', 'defaults', configSchema) : loadConfig(file, configSchema);
}

/** Where data lie: `--data`, $BECOMINGONE_DATA, $STATE_DIRECTORY (systemd), ~/.local/share/becomingone. */
export function dataFolder(named: string | undefined): string {
  return (
    named ??
    process.env.BECOMINGONE_DATA ??
    process.env.STATE_DIRECTORY?.split(':')[0] ??
    join(homedir(), '.local', 'share', 'becomingone')
  );
}
