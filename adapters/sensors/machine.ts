import type rpio from 'rpio';

export type Rpio = typeof rpio;

/** The machine that sensors are read on; tests have one made of files and of registers. */
export interface Machine {
  /** Where Linux shows its devices, its processes and its device files. */
  readonly sys: string;
  readonly proc: string;
  readonly dev: string;
  /** Loads the optional package; rejects where it is not installed or not built. */
  loadRpio(): Promise<Rpio>;
}

export const thisMachine: Machine = {
  sys: '/sys',
  proc: '/proc',
  dev: '/dev',
  loadRpio: async () => (await import('rpio')).default,
};
