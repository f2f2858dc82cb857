import type { Link, LinkMessage } from '../contract/link.js';
import { readMessage } from '../contract/messages.js';
import type { PartContext } from '../contract/part.js';
import type { Reject, ServedNode } from './served-node.js';

/** Obeys `mesh/<node>/set` for the nodes that `find` knows, and answers nonsense on their error topics. */
export async function obeyNodeSettings(
  link: Link,
  { topics, log }: Pick<PartContext, 'topics' | 'log'>,
  find: (node: string) => ServedNode | undefined,
  reject: Reject,
): Promise<void> {
  await link.subscribe(topics.filter('set'), ({ topic, payload, retained }: LinkMessage) => {
    const node = find(topics.nodeOf(topic));
    if (node === undefined || retained) return;
    const read = readMessage('set', payload);
    const reason = 'reason' in read ? read.reason : node.set(read.message);
    if (reason !== null) reject(node.name, topic, reason);
    else log.info({ node: node.name, ...('message' in read ? read.message : {}) }, 'settings changed');
  });
}
