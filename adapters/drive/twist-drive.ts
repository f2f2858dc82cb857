import type { OutputContext } from '../../contract/adapters.js';
import type { MotorDrive } from './motor-drive.js';
import { createPacedDrive } from './paced-drive.js';
import { isAtRest, type SpeedPair } from './speed-pair.js';

export interface TwistDriveOptions {
  readonly topic: string;
  /** Between two messages. */
  readonly everySeconds: number;
  readonly slewPerSecond: number;
  /** Metres a second at velocity 1. */
  readonly maxSpeed: number;
  /** Radians a second at rotation 1. */
  readonly maxTurn: number;
}

/**
 * Moves a robot by velocity commands on a topic, which a bridge hands on to ROS. The command to stand still is given
 * at the start, too, and with QoS 1; after it nothing is said until the robot is to move.
 */
export function createTwistDrive(
  options: TwistDriveOptions,
  { clock, publish }: Pick<OutputContext, 'clock' | 'publish'>,
): MotorDrive {
  const { topic, everySeconds, slewPerSecond } = options;
  const drive = createPacedDrive({
    clock,
    periodSeconds: everySeconds,
    slewPerSecond,
    send: (motion) => publish(topic, twistText(motion, options), { qos: isAtRest(motion) ? 1 : 0 }),
  });
  drive.stop();
  return { aim: drive.aim, stop: drive.stop, close: async () => drive.stop() };
}

/**
 * A motion in the plane as JSON.
 *
 * @see https://docs.ros2.org/latest/api/geometry_msgs/msg/Twist.html; REP 103: x is ahead, z turns to the left.
 */
export function twistText(
  [velocity, rotation]: SpeedPair,
  { maxSpeed, maxTurn }: Pick<TwistDriveOptions, 'maxSpeed' | 'maxTurn'>,
): string {
  return JSON.stringify({
    linear: { x: velocity * maxSpeed, y: 0, z: 0 },
    angular: { x: 0, y: 0, z: rotation * maxTurn },
  });
}
