import realRpio from 'rpio';
import type { Rpio } from '../../../adapters/sensors/machine.js';

export interface RecordedRpio {
  readonly rpio: Rpio;
  /** Each call as words, such as `write 17 1`; buffers as hex. */
  readonly calls: string[];
}

const MODES: ReadonlyMap<number, string> = new Map([
  [realRpio.OUTPUT, 'OUTPUT'],
  [realRpio.PWM, 'PWM'],
]);

/**
 * rpio in its mock of a Raspberry Pi 3, which checks pins and channels as on a real one, with a record of what it is
 * called with. Only what its addon would take gets through: whole numbers from 0, and buffers.
 */
export function recordRpio(): RecordedRpio {
  const calls: string[] = [];
  realRpio.init({ mock: 'raspi-3', mapping: 'gpio', gpiomem: false, close_on_exit: false });
  const wordOf = (argument: unknown): string => {
    if (Buffer.isBuffer(argument)) return argument.toString('hex');
    if (Number.isInteger(argument) && Number(argument) >= 0) return String(argument);
    throw new TypeError(`rpio takes no ${String(argument)}`);
  };
  const rpio = new Proxy(realRpio, {
    get(target, name: keyof Rpio) {
      const member = target[name];
      if (typeof member !== 'function') return member;
      // It has been started, and this mock has no warnings.
      if (name === 'init' || name === 'on') return () => {};
      return (...args: unknown[]) => {
        const words = args.map(wordOf);
        if (name === 'open' || name === 'mode') words[1] = MODES.get(Number(args[1])) ?? 'another mode';
        calls.push([name, ...words].join(' '));
        return (member as (...all: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  return { rpio, calls };
}
