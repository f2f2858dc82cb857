import { describe, expect, test } from '@jest/globals';
import { createComplaints } from '../../../adapters/drive/complaints.js';
import { createEnableSwitch } from '../../../adapters/drive/enable-switch.js';
import type { HearOptions } from '../../../contract/adapters.js';
import { createOutputWorld, settled } from '../samples.js';

const TOPIC = 'robot/enable';

function createBench(topic: string | undefined = TOPIC) {
  let away: HearOptions['away'];
  const world = createOutputWorld();
  const hear: typeof world.context.hear = (filter, handler, options) => {
    away = options?.away;
    return world.context.hear(filter, handler, options);
  };
  const turnedOff = { times: 0 };
  const enable = createEnableSwitch({ ...world.context, hear }, topic, () => {
    turnedOff.times += 1;
  });
  return { world, enable, turnedOff, lose: (reason: string | null) => away?.(reason) };
}

describe('the enable topic', () => {
  test('is off until it says on, and off again when it says so', () => {
    const { world, enable, turnedOff } = createBench();
    const seen = ['ON', 'OFF', 'true', 'false', '1', '0', ' on\n', 'off'].map((word) => {
      const before = enable.isOn;
      world.send(TOPIC, word);
      return [before, enable.isOn];
    });
    expect(seen).toEqual(
      [...Array(4)].flatMap(() => [
        [false, true],
        [true, false],
      ]),
    );
    expect(turnedOff.times).toBe(4);
    expect(world.complaints.filter((reason) => reason !== null)).toEqual([]);
  });

  test('does not let a robot move by a word from before', () => {
    const { world, enable } = createBench();
    world.send(TOPIC, 'ON', true);
    expect(enable.isOn).toBe(false);
  });

  test('is off at a word that it does not know, and says so until there is a better one', () => {
    const { world, enable, turnedOff } = createBench();
    world.send(TOPIC, 'ON');
    world.send(TOPIC, '{"state":"ON"}');
    expect([enable.isOn, turnedOff.times]).toEqual([false, 1]);
    expect(world.complaints.at(-1)).toBe(
      'enable_topic robot/enable: found "{\\"state\\":\\"ON\\"}", expected ON or OFF',
    );
    world.send(TOPIC, 'ON');
    expect([enable.isOn, world.complaints.at(-1)]).toEqual([true, null]);
  });

  test('is off when the broker goes, and stays so when it is back', () => {
    const { world, enable, turnedOff, lose } = createBench();
    world.send(TOPIC, 'ON');
    lose('the broker cannot be reached');
    expect([enable.isOn, turnedOff.times]).toEqual([false, 1]);
    lose(null);
    expect(enable.isOn).toBe(false);
    world.send(TOPIC, 'ON');
    expect(enable.isOn).toBe(true);
  });

  test('is heard no more once it is closed', async () => {
    const { world, enable } = createBench();
    enable.close();
    await settled();
    world.send(TOPIC, 'ON');
    expect(enable.isOn).toBe(false);
  });

  test('that cannot be heard is said so', async () => {
    const { context, complaints } = createOutputWorld();
    const hear = async () => {
      throw new Error('not authorised');
    };
    const enable = createEnableSwitch({ ...context, hear }, TOPIC, () => {});
    await settled();
    expect(enable.isOn).toBe(false);
    expect(complaints).toEqual(['enable_topic robot/enable cannot be heard: not authorised']);
  });

  test('is on where there is none', () => {
    const { context } = createOutputWorld();
    expect(createEnableSwitch(context, undefined, () => {}).isOn).toBe(true);
  });
});

test('each part of an output complains for itself', () => {
  const heard: (string | null)[] = [];
  const complain = createComplaints((reason) => void heard.push(reason));
  const [pins, topic] = [complain(), complain()];
  pins(null);
  pins('no pins');
  topic('no word');
  pins(null);
  topic(null);
  expect(heard).toEqual(['no pins', 'no pins; no word', 'no word', null]);
});
