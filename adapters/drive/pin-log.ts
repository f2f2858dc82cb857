import { openSync, writeSync } from 'node:fs';
import { reasonOf } from '../../contract/errors.js';
import type { OutputPins, SpiWriter } from './pins.js';

/** Pins that are but lines of a file. */
export interface PinLog extends OutputPins {
  readonly send: SpiWriter;
}

/**
 * A dry run: appends a line to a file for everything that would happen to a pin, at the time at which it would.
 *
 *     1795532412.123456 write 17 1
 *     1795532412.123501 pulse 18 0.25
 *     1795532412.123544 spi 00c0c0f8...
 *
 * @throws Error with a sentence when the file cannot be opened.
 */
export function createPinLog(path: string): PinLog {
  const file = openFile(path);
  const line = (text: string): void => {
    const seconds = (performance.timeOrigin + performance.now()) / 1000;
    writeSync(file, `${seconds.toFixed(6)} ${text}\n`);
  };
  return {
    write: (gpio, level) => line(`write ${gpio} ${level}`),
    pulse: (gpio, duty) => line(`pulse ${gpio} ${duty}`),
    send: (bytes) => line(`spi ${bytes.toString('hex')}`),
  };
}

function openFile(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (error) {
    throw new Error(`cannot append to ${path}: ${reasonOf(error)}`, { cause: error });
  }
}
