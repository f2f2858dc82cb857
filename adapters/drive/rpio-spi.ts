import type { Rpio } from '../sensors/machine.js';
import type { SpiWriter } from './pins.js';

const MODE_0 = 0;

/**
 * The SPI of a Raspberry Pi, as near to a rate as the core's clock can be divided to.
 *
 * @param rpio started, with SPI begun.
 * @see BCM2835 ARM Peripherals, 10.5: the divider is even.
 */
export function createRpioSpi(rpio: Rpio, coreHz: number, rateHz: number): SpiWriter {
  rpio.spiSetClockDivider(2 * Math.round(coreHz / rateHz / 2));
  rpio.spiSetDataMode(MODE_0);
  return (bytes) => rpio.spiWrite(bytes, bytes.length);
}
