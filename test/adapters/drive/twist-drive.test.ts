import { expect, test } from '@jest/globals';
import { createTwistDrive, twistText } from '../../../adapters/drive/twist-drive.js';
import { createManualClock } from '../../support/manual-clock.js';

const scale = { maxSpeed: 0.5, maxTurn: 2 };

test('a motion is a geometry_msgs/Twist in metres and radians a second', () => {
  expect(JSON.parse(twistText([1, -0.25], scale))).toEqual({
    linear: { x: 0.5, y: 0, z: 0 },
    angular: { x: 0, y: 0, z: -0.5 },
  });
});

test('commands come at their pace while it moves; zero comes at once, at the start too, and is confirmed', async () => {
  const clock = createManualClock();
  const published: [number, number, number | undefined][] = [];
  const start = clock.monotonicSeconds();
  const drive = createTwistDrive(
    { topic: 'robot/cmd_vel', everySeconds: 0.1, slewPerSecond: 1000, ...scale },
    {
      clock,
      publish(topic, text, options) {
        expect(topic).toBe('robot/cmd_vel');
        published.push([
          Math.round((clock.monotonicSeconds() - start) * 1000),
          JSON.parse(text).linear.x,
          options?.qos,
        ]);
        return true;
      },
    },
  );
  drive.aim([1, 0]);
  clock.advance(0.25);
  drive.stop();
  clock.advance(5);
  drive.aim([0.5, 0]);
  await drive.close();
  clock.advance(5);
  expect(published).toEqual([
    [0, 0, 1],
    [0, 0, 1],
    [100, 0.5, 0],
    [200, 0.5, 0],
    [250, 0, 1],
    [5250, 0.25, 0],
    [5250, 0, 1],
  ]);
});
