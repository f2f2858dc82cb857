import { type Clock, sleep } from '../../contract/clock.js';
import type { Link, LinkMessage, OpenLink } from '../../contract/link.js';
import { type PayloadOf, readMessage } from '../../contract/messages.js';
import type { TopicName } from '../../contract/topic-table.js';
import type { Topics } from '../../contract/topics.js';
import { textOf } from '../../contract/wire.js';

/** What the broker has kept of a mesh. */
export interface LiveMesh {
  readonly sync: PayloadOf<'syncStatus'> | undefined;
  /** By node. */
  readonly nodes: ReadonlyMap<string, PayloadOf<'status'>>;
  /** Nodes that have gone. */
  readonly offline: ReadonlySet<string>;
}

/** Retained messages come at once; so long is waited for them. */
const WAIT_SECONDS = 1;
const MOST_NODES = 1000;

/**
 * Reads how the nodes of a mesh are, out of what they have told last.
 *
 * @throws MeshError LINK_REFUSED or LINK_AWAY when there is no way to the mesh.
 */
export async function readLiveMesh(
  openLink: OpenLink,
  topics: Topics,
  clock: Clock,
  signal: AbortSignal,
): Promise<LiveMesh> {
  const link = await openLink({ name: 'doctor' }, signal);
  try {
    return await listen(link, topics, clock, signal);
  } finally {
    await link.close();
  }
}

async function listen(link: Link, topics: Topics, clock: Clock, signal: AbortSignal): Promise<LiveMesh> {
  let sync: LiveMesh['sync'];
  const nodes = new Map<string, PayloadOf<'status'>>();
  const offline = new Set<string>();
  // mesh/sync/status comes on this filter, too: a subscription of its own would overlap.
  await link.subscribe(topics.filter('status'), (message) => {
    if (topics.parse('syncStatus', message.topic) !== null) {
      sync = read('syncStatus', message) ?? sync;
      return;
    }
    const status = read('status', message);
    const node = topics.nodeOf(message.topic);
    if (status !== undefined && (nodes.size < MOST_NODES || nodes.has(node))) nodes.set(node, status);
  });
  await link.subscribe(topics.filter('availability'), ({ topic, payload }) => {
    const node = topics.nodeOf(topic);
    if (textOf(payload) !== 'offline') offline.delete(node);
    else if (offline.size < MOST_NODES) offline.add(node);
  });
  await sleep(clock, WAIT_SECONDS, signal);
  return { sync, nodes, offline };
}

function read<Name extends TopicName>(name: Name, { payload }: LinkMessage): PayloadOf<Name> | undefined {
  const result = readMessage(name, payload);
  return 'message' in result ? result.message : undefined;
}
