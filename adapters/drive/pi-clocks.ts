/** The clocks that a Raspberry Pi makes its PWM and its SPI of, and that rpio takes for 19.2 and 250 MHz. */
export interface PiClocks {
  /** The crystal, which PWM counts by. */
  readonly oscillatorHz: number;
  /** The core's, which SPI counts by; constant only where core_freq and core_freq_min are the same. */
  readonly coreHz: number;
}

/**
 * The clocks of a model, as the device tree names it.
 *
 * @see https://www.raspberrypi.com/documentation/computers/config_txt.html, core_freq: 250, 400 or 500 MHz;
 * Linux, bcm2711.dtsi and bcm283x.dtsi, clk-osc: 54 or 19.2 MHz.
 */
export function clocksOf(model: string): PiClocks {
  if (/^Raspberry Pi (4|Compute Module 4)/.test(model)) return { oscillatorHz: 54e6, coreHz: 500e6 };
  const isBcm2837 = /^Raspberry Pi (3|Compute Module 3|Zero 2)/.test(model);
  return { oscillatorHz: 19.2e6, coreHz: isBcm2837 ? 400e6 : 250e6 };
}
