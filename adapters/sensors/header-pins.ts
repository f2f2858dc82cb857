/** Broadcom's numbers of the pins 1 to 40 of the header, of which older boards have the first 26; null is power. */
const GPIO_OF_PIN: readonly (number | null)[] = [
  ...[null, null, 2, null, 3, null, 4, 14, null, 15],
  ...[17, 18, 27, null, 22, 23, null, 24, 10, null],
  ...[9, 25, 11, 8, null, 7, 0, 1, 5, null],
  ...[6, 12, 13, null, 19, 16, 26, 20, null, 21],
];

/** Where the very first board differs. */
const GPIO_OF_FIRST_BOARD: ReadonlyMap<number, number> = new Map([
  [3, 0],
  [5, 1],
  [13, 21],
]);

/**
 * Broadcom's number of a pin of the header; null where the pin carries no signal or there is none.
 *
 * @param pin 1 to 40, counted as printed on the board.
 * @param model as the device tree names it.
 * @see https://www.raspberrypi.com/documentation/computers/raspberry-pi.html, GPIO and the 40-pin header.
 */
export function gpioOfPin(pin: number, model: string): number | null {
  const first = model === 'Raspberry Pi Model B Rev 1' ? GPIO_OF_FIRST_BOARD.get(pin) : undefined;
  return first ?? GPIO_OF_PIN[pin - 1] ?? null;
}
