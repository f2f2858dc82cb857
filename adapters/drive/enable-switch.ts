import type { OutputContext } from '../../contract/adapters.js';
import { reasonOf } from '../../contract/errors.js';
import { show } from '../../contract/explain.js';

/** Whether the motors may move. */
export interface EnableSwitch {
  readonly isOn: boolean;
  close(): void;
}

const ON_WORDS: ReadonlySet<string> = new Set(['on', 'true', '1']);
const OFF_WORDS: ReadonlySet<string> = new Set(['off', 'false', '0']);

/**
 * Hears a topic that says ON or OFF, true or false, 1 or 0. It is off until somebody says that it is on, while the
 * broker is away and after that, and at any other word. What the broker kept from before is not heard: that somebody
 * once let a robot move is no reason to move it now.
 *
 * @param topic without one it is always on.
 * @param turnedOff called at every message and every event after which it is off.
 */
export function createEnableSwitch(
  { hear, degrade, log }: Pick<OutputContext, 'hear' | 'degrade' | 'log'>,
  topic: string | undefined,
  turnedOff: () => void,
): EnableSwitch {
  if (topic === undefined) return { isOn: true, close() {} };
  let isOn = false;
  let isClosed = false;
  let unhear = (): void => {};
  const turn = (on: boolean): void => {
    if (isClosed) return;
    if (on !== isOn) log.info({ topic, enabled: on }, 'motors enabled or disabled');
    isOn = on;
    if (!on) turnedOff();
  };
  const take = (text: string): void => {
    const word = text.trim().toLowerCase();
    const isKnown = ON_WORDS.has(word) || OFF_WORDS.has(word);
    degrade(isKnown ? null : `enable_topic ${topic}: found ${show(text)}, expected ON or OFF`);
    turn(ON_WORDS.has(word));
  };
  const away = (reason: string | null): void => {
    if (reason !== null) turn(false);
  };
  hear(topic, ({ text }) => take(text), { retained: false, away }).then(
    (stop) => {
      unhear = stop;
      if (isClosed) stop();
    },
    (error) => degrade(`enable_topic ${topic} cannot be heard: ${reasonOf(error)}`),
  );
  return {
    get isOn() {
      return isOn;
    },
    close() {
      isClosed = true;
      unhear();
    },
  };
}
