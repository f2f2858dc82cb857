import type { Rpio } from './machine.js';
import type { Measured, Sensor } from './sensor.js';

export interface Mcp3008Options {
  /** Which of the two lines CE0 and CE1 the chip hangs on. */
  readonly chipSelect: number;
  /** 0 to 7. */
  readonly channel: number;
  /** Against the channel's neighbour (0 and 1, 2 and 3, ...) instead of ground. */
  readonly isDifferential: boolean;
  /** Volts at its pin VREF. */
  readonly referenceVolts: number;
}

/** 250 MHz, which rpio assumes, divided: 0.5 MHz, and at most 1 MHz on a Pi 4; at 2.7 V the chip takes 1.35. */
const CLOCK_DIVIDER = 512;
const MODE_0 = 0;
const START_BIT = 1;
const NULL_BIT = 0b100;
const STEPS = 1024;

/**
 * One channel of an MCP3008 on SPI, in volts.
 *
 * @see Microchip DS21295D: figure 6-1 (three bytes), table 5-2 (channels), equation 4-2 (code = 1024 Vin / Vref).
 */
export function createMcp3008(rpio: Rpio, options: Mcp3008Options): Sensor {
  const { chipSelect, channel, isDifferential, referenceVolts } = options;
  const name = `mcp3008: CE${chipSelect}, channel ${channel}`;
  const command = Buffer.of(START_BIT, ((isDifferential ? 0 : 0b1000) | channel) << 4, 0);
  return {
    name,
    devices: [],
    labels: [],
    limitSeconds: 1,
    async read(): Promise<Measured> {
      const answer = Buffer.alloc(command.length);
      rpio.spiChipSelect(chipSelect);
      rpio.spiSetClockDivider(CLOCK_DIVIDER);
      rpio.spiSetDataMode(MODE_0);
      rpio.spiTransfer(command, answer, command.length);
      const word = answer.readUInt16BE(1);
      if ((word & (NULL_BIT << 8)) === 0) return { value: ((word % STEPS) / STEPS) * referenceVolts };
      return {
        reason: `${name}: found a 1 where the chip sends a 0 before its value, expected an MCP3008 there: check its wires (SPI pins 19, 21, 23) and its supply`,
      };
    },
  };
}
