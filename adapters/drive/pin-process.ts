/**
 * The process that has the pins, and alone starts rpio. It is a process of its own so that it outlives the one that
 * commands it, if only to turn off what hangs on them.
 *
 *     node pin-process.js '{"device": "motors", ...}'
 *
 * Commands come as lines on its standard input. It answers with lines: `ready` once the device is open and off,
 * `done` for each command, `fault <sentence>` for one that is refused, and before it ends when it cannot start.
 */
import { systemClock } from '../../contract/clock.js';
import { reasonOf } from '../../contract/errors.js';
import { rpioDoor } from '../rpio.js';
import { openPinDevice, type PinDeviceConfig } from './open-pin-device.js';
import type { PinDevice } from './pin-device.js';
import { keepPins, PIN_SILENCE_SECONDS } from './pin-keeper.js';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Whoever ends this process by a signal, or by a fault in it, finds the pins off. */
function turnOffAtEnd(device: PinDevice): void {
  const end = (code: number): void => {
    device.off();
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end(0));
  process.on('uncaughtException', (error) => {
    say(`fault ${reasonOf(error)}`);
    end(1);
  });
}

async function main(config: PinDeviceConfig): Promise<void> {
  // The other side may be gone: that is told by the end of the commands.
  process.stdout.on('error', () => {});
  const device = await openPinDevice(config, rpioDoor);
  turnOffAtEnd(device);
  const ended = keepPins(device, {
    clock: systemClock,
    commands: process.stdin,
    answer: (fault) => say(fault === null ? 'done' : `fault ${fault}`),
    silenceSeconds: config.device === 'motors' ? PIN_SILENCE_SECONDS : undefined,
  });
  say('ready');
  await ended;
}

try {
  await main(JSON.parse(process.argv[2] ?? ''));
  process.exit(0);
} catch (error) {
  say(`fault ${reasonOf(error)}`);
  process.exitCode = 1;
}
