import type { Link } from '../contract/link.js';
import { readMessage } from '../contract/messages.js';
import type { Topics } from '../contract/topics.js';
import type { ServedNode } from './served-node.js';

/** Hands live messages of the mesh to the nodes that follow it; without such nodes nothing is subscribed. */
export async function followMesh(link: Link, topics: Topics, nodes: readonly ServedNode[]): Promise<void> {
  const followers = nodes.filter(({ hearMesh }) => hearMesh !== undefined);
  if (followers.length === 0) return;
  await link.subscribe(topics.build('global', {}), ({ payload, retained }) => {
    const read = retained ? { reason: 'old' } : readMessage('global', payload);
    if ('message' in read) for (const node of followers) node.hearMesh?.(read.message);
  });
}
