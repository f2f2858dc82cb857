import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.js';
import type { OpenLink } from './link.js';
import type { Log } from './log.js';
import type { Topics } from './topics.js';

/** What every part is handed: its way to the mesh, its time, its voice, and who it is. */
export interface PartContext {
  readonly topics: Topics;
  readonly openLink: OpenLink;
  readonly clock: Clock;
  readonly log: Log;
  /** Random at each start; tells this run of the part from an earlier one, or from another of its kind. */
  readonly session: string;
  /** Of the software, e.g. `0.1.0`. */
  readonly version: string;
}

/** A new session name: 8 hexadecimal digits. */
export function newSession(): string {
  return randomBytes(4).toString('hex');
}
