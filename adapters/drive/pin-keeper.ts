import type { Readable } from 'node:stream';
import type { Clock } from '../../contract/clock.js';
import { reasonOf } from '../../contract/errors.js';
import { watchIdle } from '../idle-limit.js';
import { createLineSplitter } from '../line-splitter.js';
import type { PinDevice } from './pin-device.js';

/** A moving robot is told its speeds many times a second: after so long without a word it stands still. */
export const PIN_SILENCE_SECONDS = 0.3;

const LONGEST_LINE = 200;

export interface PinKeeperOptions {
  readonly clock: Clock;
  /** Commands: a line of numbers each. */
  readonly commands: Readable;
  /** Tells the other side that a command has been carried out, or in a sentence why it has not. */
  readonly answer: (fault: string | null) => void;
  /** After so long without a command the device is off; without it, it stays as it is. */
  readonly silenceSeconds?: number | undefined;
}

/**
 * Does with a device as it is told, and turns it off when the commands are wrong, when they stop coming, and when
 * whoever gave them is gone.
 *
 * @returns resolves when there are no more commands, with the device off.
 */
export function keepPins(device: PinDevice, options: PinKeeperOptions): Promise<void> {
  const { clock, commands, answer, silenceSeconds } = options;
  const silence = watchIdle(clock, silenceSeconds, () => device.off());
  const refuse = (fault: string): void => {
    device.off();
    answer(fault);
  };
  const obey = (line: string): void => {
    silence.heard();
    try {
      device.apply(numbersOf(line, device));
      answer(null);
    } catch (error) {
      refuse(reasonOf(error));
    }
  };
  const lines = createLineSplitter(LONGEST_LINE, obey, () => refuse('found a line without an end'));
  return new Promise((resolve) => {
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      silence.stop();
      device.off();
      resolve();
    };
    commands.setEncoding('utf8').on('data', (text: string) => lines.push(text));
    commands.once('end', end).once('error', end).once('close', end);
  });
}

/** @throws RangeError with a sentence when the line is not what the device takes. */
function numbersOf(line: string, { ranges }: PinDevice): number[] {
  const numbers = line.split(' ').map((word) => (word === '' ? Number.NaN : Number(word)));
  const isRight =
    numbers.length === ranges.length &&
    ranges.every(({ least, most }, index) => {
      const number = numbers[index] ?? Number.NaN;
      return number >= least && number <= most;
    });
  if (isRight) return numbers;
  const expected = ranges.map(({ least, most }) => `${least} to ${most}`).join(', ');
  throw new RangeError(`found the command ${line}, expected numbers: ${expected}`);
}
