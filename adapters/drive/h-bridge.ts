import type { PinDevice } from './pin-device.js';
import type { OutputPins } from './pins.js';

/** How a motor hangs on an H-bridge, by Broadcom's numbers. */
export type MotorPins = LevelSteeredPins | PulseSteeredPins;

/** Two pins for the direction, and one that lets current flow: L298N, TB6612. */
interface LevelSteeredPins {
  readonly enable: number;
  readonly in1: number;
  readonly in2: number;
}

/** A pin for each direction: DRV8833, L9110. */
interface PulseSteeredPins {
  readonly forward: number;
  readonly backward: number;
}

const SPEED = { least: -1, most: 1 };

/** A robot's two motors, which are told their speeds: left, right. At 0 no current flows, and the wheel rolls free. */
export function createMotorPair(pins: OutputPins, left: MotorPins, right: MotorPins): PinDevice {
  const motors = [createMotor(pins, left), createMotor(pins, right)];
  const off = (): void => {
    for (const motor of motors) motor.halt();
  };
  off();
  return {
    ranges: [SPEED, SPEED],
    apply(speeds) {
      for (const [index, motor] of motors.entries()) motor.turn(speeds[index] ?? 0);
    },
    off,
  };
}

/** Sets one motor's speed; the current is off while its direction changes. */
function createMotor(pins: OutputPins, motor: MotorPins) {
  const steering = 'enable' in motor ? steerByLevels(pins, motor) : steerByPin(pins, motor);
  let current = 0;
  const halt = (): void => {
    current = 0;
    steering.halt();
  };
  return {
    halt,
    turn(speed: number): void {
      if (speed === current) return;
      const isTurning = Math.sign(speed) !== Math.sign(current);
      if (isTurning) halt();
      if (speed !== 0) steering.go(speed, isTurning);
      current = speed;
    },
  };
}

interface Steering {
  halt(): void;
  go(speed: number, isTurning: boolean): void;
}

function steerByLevels(pins: OutputPins, { enable, in1, in2 }: LevelSteeredPins): Steering {
  return {
    halt() {
      pins.write(in1, 0);
      pins.write(in2, 0);
      pins.pulse(enable, 0);
    },
    go(speed, isTurning) {
      if (isTurning) pins.write(speed > 0 ? in1 : in2, 1);
      pins.pulse(enable, Math.abs(speed));
    },
  };
}

/** One of the two pins puts out pulses, and the other is low; both may hang on the same PWM channel. */
function steerByPin(pins: OutputPins, { forward, backward }: PulseSteeredPins): Steering {
  return {
    halt() {
      pins.write(forward, 0);
      pins.write(backward, 0);
    },
    go: (speed) => pins.pulse(speed > 0 ? forward : backward, Math.abs(speed)),
  };
}
