import type { Probe } from '../../contract/adapters.js';
import { reasonOf } from '../../contract/errors.js';
import { type RpioUse, rpioDoor } from '../rpio.js';

/** Whether pins can be driven here, or only written about. */
export async function probePins(use: RpioUse, dryRun: string | undefined): Promise<Probe> {
  if (dryRun !== undefined) return { ok: true, detail: `a dry run into ${dryRun}` };
  try {
    return { ok: true, detail: await rpioDoor.check(use) };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}
