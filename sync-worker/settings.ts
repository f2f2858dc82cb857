import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { MeshConfig } from '../contract/config/schema.js';
import { MeshError, reasonOf } from '../contract/errors.js';
import type { Log } from '../contract/log.js';
import { type SyncSettings, syncSettingsSchema } from '../contract/payloads/sync.js';

/** What can be set at run time, as it holds now. */
export interface Settings {
  readonly threshold: number;
  readonly collapse: number;
  readonly rate: number;
}

/** Run-time settings over the configuration's, kept in a file. */
export interface SettingsStore {
  readonly current: Settings;
  /**
   * Changes what is given; null goes back to the configuration's value.
   *
   * @throws MeshError SETTINGS_UNWRITABLE when the change cannot be kept; nothing has changed then.
   */
  change(settings: SyncSettings): Promise<Settings>;
}

/**
 * Opens the kept settings; a file that cannot be read is reported and left alone until the next change.
 *
 * @param file where changes are kept; undefined keeps them in memory only.
 */
export async function openSettings(
  file: string | undefined,
  configured: MeshConfig,
  log: Log,
): Promise<SettingsStore> {
  let kept: SyncSettings = file === undefined ? {} : await readKept(file, log);
  let writing: Promise<unknown> = Promise.resolve();
  const current = (): Settings => ({
    threshold: kept.threshold ?? configured.threshold,
    collapse: kept.collapse ?? configured.collapse,
    rate: kept.rate ?? configured.rate,
  });
  const change = async (settings: SyncSettings): Promise<Settings> => {
    const next = withoutNulls({ ...kept, ...settings });
    if (file !== undefined) await writeKept(file, next);
    kept = next;
    return current();
  };
  return {
    get current() {
      return current();
    },
    change(settings) {
      const changed = writing.then(() => change(settings));
      writing = changed.catch(() => {});
      return changed;
    },
  };
}

function withoutNulls(settings: SyncSettings): SyncSettings {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== null && value !== undefined),
  );
}

async function readKept(file: string, log: Log): Promise<SyncSettings> {
  try {
    return syncSettingsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      log.warn({ code: 'SETTINGS_UNREADABLE', file, reason: reasonOf(error) }, 'kept settings ignored');
    }
    return {};
  }
}

/** Written beside and renamed, so that a power cut leaves the old file or the new one. */
async function writeKept(file: string, settings: SyncSettings): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.tmp`, `${JSON.stringify(settings)}\n`, { flush: true });
    await rename(`${file}.tmp`, file);
  } catch (error) {
    throw new MeshError('SETTINGS_UNWRITABLE', `${file}: ${reasonOf(error)}`, { cause: error });
  }
}
