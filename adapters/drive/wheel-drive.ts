import type { Clock } from '../../contract/clock.js';
import type { Complain } from './complaints.js';
import type { MotorDrive } from './motor-drive.js';
import { gpiosIn, type MotorPinsOption, motorGpios, PWM_GPIOS } from './motor-pins.js';
import { openPins } from './open-pins.js';
import { createPacedDrive } from './paced-drive.js';
import type { PinMapping } from './pin-option.js';
import { wheelsOf } from './speed-pair.js';

/** Fine enough for a motor to run up smoothly, and far below what the process of the pins takes for silence. */
const PERIOD_SECONDS = 0.02;

export interface WheelDriveOptions {
  readonly pins: MotorPinsOption;
  readonly mapping: PinMapping;
  readonly pwmHz: number;
  /** A wheel that would turn slower than this share of full speed stands still. */
  readonly deadband: number;
  readonly slewPerSecond: number;
  readonly dryRun: string | undefined;
}

/**
 * Opens two motors on the pins of a Raspberry Pi.
 *
 * @throws Error with a sentence when they cannot be opened.
 */
export async function openWheelDrive(
  options: WheelDriveOptions,
  { clock, complain }: { readonly clock: Clock; readonly complain: Complain },
): Promise<MotorDrive> {
  const { pins, mapping, pwmHz, deadband, slewPerSecond, dryRun } = options;
  const wheels = await openPins(
    {
      use: 'pwm',
      dryRun,
      plan(model) {
        const motors = motorGpios(pins, mapping, model);
        // All of the PWM pins, since both channels are taken.
        return {
          config: { device: 'motors', ...motors, pwmHz },
          gpios: [...gpiosIn(motors.left, motors.right), ...PWM_GPIOS],
        };
      },
    },
    { clock, complain, lost: () => drive.stop() },
  );
  const drive = createPacedDrive({
    clock,
    periodSeconds: PERIOD_SECONDS,
    slewPerSecond,
    send: (speeds) => void wheels.send(speeds),
  });
  return {
    aim(motion) {
      if (wheels.isOpen) drive.aim(wheelsOf(motion, deadband));
    },
    stop: () => drive.stop(),
    close() {
      drive.stop();
      return wheels.close();
    },
  };
}
