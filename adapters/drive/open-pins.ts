import { type RpioUse, rpioDoor } from '../rpio.js';
import type { PinDeviceConfig } from './open-pin-device.js';
import { type PinProcess, type PinProcessOptions, startPinProcess } from './pin-process-runner.js';

export interface PinsWanted {
  readonly use: RpioUse;
  readonly dryRun: string | undefined;
  /** What hangs on which pins, for a model as the device tree names it; throws a sentence where it cannot be. */
  plan(model: string): PinPlan;
}

export interface PinPlan {
  readonly config: PinDeviceConfig;
  /** The pins that nobody else may have, by Broadcom's numbers. */
  readonly gpios: readonly number[];
}

const DRY_RUN_MODEL = 'Raspberry Pi 4';

/**
 * Opens what hangs on the pins, which are nobody else's until it is closed.
 *
 * @returns once it is open and off.
 * @throws Error with a sentence when rpio cannot serve it here, a pin is another's, or the plan is wrong.
 */
export async function openPins(
  { use, dryRun, plan }: PinsWanted,
  surroundings: Omit<PinProcessOptions, 'config'>,
): Promise<PinProcess> {
  if (dryRun !== undefined) {
    const { config } = plan(DRY_RUN_MODEL);
    return startPinProcess({ ...surroundings, config: { ...config, dryRun } });
  }
  const { config, gpios } = plan(await rpioDoor.check(use));
  const release = await claimPins(gpios);
  try {
    const opened = await startPinProcess({ ...surroundings, config });
    return {
      get isOpen() {
        return opened.isOpen;
      },
      send: (numbers) => opened.send(numbers),
      close: () => opened.close().finally(release),
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** Claims all of the pins or none; returns what lets them go. */
async function claimPins(gpios: readonly number[]): Promise<() => void> {
  const claims: { release(): void }[] = [];
  const release = (): void => {
    for (const claim of claims.splice(0)) claim.release();
  };
  try {
    for (const gpio of new Set(gpios)) claims.push(await rpioDoor.claim(gpio, 'gpio'));
  } catch (error) {
    release();
    throw error;
  }
  return release;
}
