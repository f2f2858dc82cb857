import type { Link } from '../contract/link.js';
import { type PayloadOf, readMessage } from '../contract/messages.js';
import type { TopicName } from '../contract/topic-table.js';

/**
 * Subscribes to JSON messages of one kind.
 *
 * @param filter of that kind, see Topics.
 * @param take gets each valid message, whether the broker had kept it, and its topic.
 * @param refuse gets the reason, in one sentence, of each that is not valid.
 * @returns once it stands, a function that ends it.
 */
export function listenTo<Name extends TopicName>(
  link: Link,
  name: Name,
  filter: string,
  take: (message: PayloadOf<Name>, retained: boolean, topic: string) => void,
  refuse: (reason: string) => void = () => {},
): Promise<() => void> {
  return link.subscribe(filter, ({ topic, payload, retained }) => {
    const read = readMessage(name, payload);
    if ('reason' in read) refuse(read.reason);
    else take(read.message, retained, topic);
  });
}
