/** Pins that put something out, by Broadcom's numbers. */
export interface OutputPins {
  /** Makes the pin an output of this level. */
  write(gpio: number, level: 0 | 1): void;
  /**
   * Makes the pin put out pulses.
   *
   * @param duty share of the time at high level, in [0, 1].
   */
  pulse(gpio: number, duty: number): void;
}

/** Bytes out of MOSI (GPIO10), most significant bit first. */
export type SpiWriter = (bytes: Buffer) => void;
