import type { Availability, InfoMessage } from '../contract/payloads/info.js';
import { ClockOffset } from '../kairos/clock-offset.js';
import { type Contribution, createContribution } from '../kairos/contribution.js';
import type { Expiring } from './deadlines.js';
import type { Group } from './group.js';

/** What the sync worker knows of a node. Times are of its own monotonic clock. */
export interface NodeRecord extends Expiring {
  readonly id: string;
  /** What it adds to its group's sums while `summed`. */
  readonly contribution: Contribution;
  readonly clockOffset: ClockOffset;
  group: Group;
  /** Announced: its info or availability came, no phase yet; unheard: nor within its time to live. */
  state: 'announced' | 'unheard' | 'live' | 'silent';
  summed: boolean;
  arrivedSeconds: number;
  timeToLiveSeconds: number;
  info: InfoMessage | undefined;
  /** The last word on its availability topic, its own or ours. */
  availability: Availability | undefined;
  /** The step of the mesh in which `coherenceBefore` was noted, and what it was: null while it did not count. */
  notedStep: number;
  coherenceBefore: number | null;
  /** How many of our own words on that topic have not come back yet. */
  echoes: number;
}

export function createNodeRecord(id: string, weight: number, group: Group): NodeRecord {
  return {
    id,
    contribution: createContribution(weight),
    clockOffset: new ClockOffset(),
    group,
    state: 'announced',
    summed: false,
    arrivedSeconds: 0,
    timeToLiveSeconds: 0,
    deadlineSeconds: 0,
    slot: 0,
    info: undefined,
    availability: undefined,
    notedStep: 0,
    coherenceBefore: null,
    echoes: 0,
  };
}
