import { formatTimestamp } from '../contract/instant.js';
import type { PartContext } from '../contract/part.js';
import type { Announcements } from './announcements.js';
import { createPacer } from './pacer.js';
import type { ServedNode } from './served-node.js';
import type { Voice } from './voice.js';

/** How often every node's status is told, changed or not: rates and readings always move. */
const EVERY_SECONDS = 10;
/** Changes of so long are told together, so that an input which goes to and fro does not fill the wire. */
const PAUSE_SECONDS = 1;

export interface StatusReportOptions extends Pick<PartContext, 'clock' | 'session'> {
  readonly voice: Voice;
  readonly announcements: Announcements;
  /** The nodes that the agent serves now. */
  readonly nodes: () => readonly ServedNode[];
}

/** Tells the mesh how the inputs of an agent's nodes are. */
export interface StatusReports {
  start(): void;
  /** An input of the node is in another state: its info and its status say so, soon. */
  changed(node: ServedNode): void;
  stop(): void;
}

export function createStatusReports(options: StatusReportOptions): StatusReports {
  const { clock, session, voice, announcements, nodes } = options;
  const pacer = createPacer(clock, PAUSE_SECONDS);
  const changed = new Set<ServedNode>();
  let stop = (): void => {};
  const tell = ({ name, isLive, inputStatus }: ServedNode): void => {
    if (Object.keys(inputStatus).length === 0) return;
    const timestamp = formatTimestamp(clock.nowSeconds());
    voice.say('status', { node: name }, { live: isLive, inputs: inputStatus, session, timestamp });
  };
  const tellChanges = (): void => {
    for (const node of nodes()) {
      if (!changed.has(node)) continue;
      announcements.info(node);
      tell(node);
    }
    changed.clear();
  };
  return {
    start() {
      stop = clock.every(EVERY_SECONDS, () => nodes().forEach(tell));
    },
    changed(node) {
      changed.add(node);
      pacer.soon(tellChanges);
    },
    stop() {
      stop();
      pacer.cancel();
    },
  };
}
