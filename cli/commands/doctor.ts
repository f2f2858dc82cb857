import { canvasOf } from '../../adapters/terminal-line.js';
import { systemClock } from '../../contract/clock.js';
import { parseConfig } from '../../contract/config/load.js';
import type { Config } from '../../contract/config/schema.js';
import { MeshError, reasonOf } from '../../contract/errors.js';
import { mqttLinks } from '../../link/mqtt-links.js';
import type { Check, Section } from '../doctor/check.js';
import { examine } from '../doctor/examine.js';
import { renderChecks } from '../doctor/render-checks.js';
import { brokerUrl, brokerUrlOrDefault, hostName } from '../environment.js';
import { Lifecycle } from '../lifecycle.js';
import { createLogger } from '../logger.js';
import type { DoctorOptions } from '../options.js';
import { configSchema, findConfigFile, readSettings } from '../settings.js';

const MOST_COLUMNS = 100;
/** A probe that hangs must not keep the process. */
const LEAVE_AFTER_MS = 200;

/** `becomingone doctor`. */
export async function doctor(options: DoctorOptions): Promise<void> {
  const { config, check } = await readConfig(options.config);
  // What goes wrong stands in the table; the log would say it twice.
  const log = await createLogger(options.logLevel === 'info' ? 'silent' : options.logLevel);
  const lifecycle = new Lifecycle(log);
  const url = brokerUrlOrDefault(options, config);
  const examination = {
    config,
    configCheck: check,
    brokerUrl: url,
    isBrokerConfigured: brokerUrl(options, config) !== undefined,
    openLink: mqttLinks({ url, clock: systemClock, log }),
    clock: systemClock,
    hostName: hostName(),
  };
  const sections = await examine(examination, lifecycle.signal);
  process.exitCode = sections.some(({ checks }) => checks.some(({ state }) => state === 'problem')) ? 1 : 0;
  await new Promise<void>((resolve) => process.stdout.write(report(sections, options), () => resolve()));
  setTimeout(() => process.exit(), LEAVE_AFTER_MS).unref();
}

/** The configuration, or where it cannot be read why, and every default. */
async function readConfig(named: string | undefined): Promise<{ config: Config; check: Check }> {
  const file = findConfigFile(named);
  const name = 'configuration';
  try {
    const config = await readSettings(named);
    const words = file === undefined ? 'no file: every default holds' : `${file} is valid`;
    return { config, check: { state: 'ok', name, words } };
  } catch (error) {
    if (!(error instanceof MeshError)) throw error;
    const config = parseConfig('', 'defaults', configSchema);
    return { config, check: { state: 'problem', name, words: reasonOf(error) } };
  }
}

function report(sections: readonly Section[], { json }: DoctorOptions): string {
  if (json === true) return `${JSON.stringify(asJson(sections), null, 2)}\n`;
  const canvas = canvasOf(process.stdout);
  const columns = process.stdout.columns ?? MOST_COLUMNS;
  return renderChecks(sections, { ...canvas, columns: Math.min(MOST_COLUMNS, columns) });
}

function asJson(sections: readonly Section[]): object {
  const checks = sections.flatMap(({ title, checks: of }) =>
    of.map((check) => ({ section: title, ...check })),
  );
  return { ok: checks.every(({ state }) => state !== 'problem'), checks };
}
