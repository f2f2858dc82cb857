/** What hangs on the pins. It is off when it is made. */
export interface PinDevice {
  /** What each number of a command has to be within. */
  readonly ranges: readonly { readonly least: number; readonly most: number }[];
  /** Does as the numbers say, one for each range. */
  apply(numbers: readonly number[]): void;
  /** Stands still, or goes dark. */
  off(): void;
}
