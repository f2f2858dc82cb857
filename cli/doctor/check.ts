import type { InputStatus } from '../../contract/payloads/status.js';

/** Works; works, but look at it; does not work though it is asked to. */
export type CheckState = 'ok' | 'warning' | 'problem';

/** One thing that was looked at. */
export interface Check {
  readonly state: CheckState;
  readonly name: string;
  /** What was found, and where it is wrong what to do, in a sentence. */
  readonly words: string;
  /** Of an input of the mesh, as its node told it. */
  readonly status?: InputStatus;
}

/** Checks that belong together. */
export interface Section {
  readonly title: string;
  readonly checks: readonly Check[];
}
