import type { Rpio } from '../sensors/machine.js';
import type { OutputPins } from './pins.js';

/** Of the oscillator; any power of two would do. What is left counts to at least 240 at 20 kHz. */
const CLOCK_DIVIDER = 4;
/** What the PWM takes to notice a range; until then it would count to the one before, which may be less. */
const SETTLING_US = 10;

/**
 * The pins of a Raspberry Pi with its own PWM, which needs no processor: two channels, of which GPIO12 and 18 put out
 * the first, 13 and 19 the second.
 *
 * @param rpio started, with the whole memory.
 * @param oscillatorHz what its PWM counts by.
 * @see BCM2835 ARM Peripherals, 9.4: in mark-space mode the output is high for DAT of RNG clocks.
 */
export function createRpioPwmPins(rpio: Rpio, oscillatorHz: number, pulsesHz: number): OutputPins {
  const range = Math.round(oscillatorHz / CLOCK_DIVIDER / pulsesHz);
  const uses = new Map<number, 'level' | 'pulses'>();
  let isClockSet = false;
  const connect = (gpio: number): void => {
    // Zero first: its channel may still have what a process before this one has left there.
    rpio.pwmSetData(gpio, 0);
    if (!isClockSet) rpio.pwmSetClockDivider(CLOCK_DIVIDER);
    isClockSet = true;
    rpio.pwmSetRange(gpio, range);
    rpio.usleep(SETTLING_US);
    rpio.open(gpio, rpio.PWM);
    uses.set(gpio, 'pulses');
  };
  return {
    write(gpio, level) {
      const use = uses.get(gpio);
      if (use === 'level') rpio.write(gpio, level);
      // rpio.open looks into files first, which must not stand between a motor and its stop.
      else if (use === 'pulses') rpio.mode(gpio, rpio.OUTPUT, level);
      else rpio.open(gpio, rpio.OUTPUT, level);
      uses.set(gpio, 'level');
    },
    pulse(gpio, duty) {
      if (uses.get(gpio) !== 'pulses') connect(gpio);
      rpio.pwmSetData(gpio, Math.round(duty * range));
    },
  };
}
