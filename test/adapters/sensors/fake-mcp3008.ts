import type { SpiChip } from './fake-rpio.js';

/** An MCP3008 bit by bit (DS21295D, figure 5-1); its line floats high while it does not drive it. */
export function createFakeMcp3008(codeOf: (isSingle: boolean, channel: number) => number): SpiChip {
  let bits: number[] = [];
  let started = false;
  return {
    select() {
      bits = [];
      started = false;
    },
    clock(bit) {
      if (!started) {
        started = bit === 1;
        return 1;
      }
      bits.push(bit);
      // Clocks after the start: 1 is SGL/DIFF, 2 to 4 are D2 to D0, 5 samples, 6 is the null bit, 7 to 16 the value.
      if (bits.length < 6) return 1;
      if (bits.length === 6) return 0;
      const [single, d2 = 0, d1 = 0, d0 = 0] = bits;
      const code = codeOf(single === 1, (d2 << 2) | (d1 << 1) | d0);
      return (code >> (16 - bits.length)) & 1;
    },
  };
}
