/** Two speeds, each a share of full speed in [-1, 1]: velocity and rotation, or the left and the right wheel. */
export type SpeedPair = readonly [number, number];

export const AT_REST: SpeedPair = [0, 0];

export function isAtRest([first, second]: SpeedPair): boolean {
  return first === 0 && second === 0;
}

/** A figure held within [-1, 1]; one that is no number is 0. */
export function limited(figure: number): number {
  if (figure >= 1) return 1;
  if (figure <= -1) return -1;
  return Number.isNaN(figure) ? 0 : figure;
}

/**
 * The wheels of a robot with a wheel on each side, for a velocity and a rotation.
 *
 * Where a wheel would have to turn faster than it can, both turn slower, so that the curve stays the same.
 *
 * @param motion velocity and rotation; a positive rotation turns to the left, as in REP 103 of ROS.
 * @param deadband a wheel that would turn slower than this share of full speed stands still.
 * @returns left and right.
 */
export function wheelsOf([velocity, rotation]: SpeedPair, deadband: number): SpeedPair {
  const left = velocity - rotation;
  const right = velocity + rotation;
  const scale = Math.max(1, Math.abs(left), Math.abs(right));
  const turned = (speed: number): number => (Math.abs(speed) < deadband ? 0 : limited(speed));
  return [turned(left / scale), turned(right / scale)];
}
