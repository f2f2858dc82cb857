import type { Link } from '../contract/link.js';
import type { PayloadOf } from '../contract/publish.js';
import { TOPIC_TABLE, type TopicName } from '../contract/topic-table.js';
import { readJson } from '../contract/wire.js';

/** Far above any state, event or status. */
const MOST_BYTES = 64 * 1024;

/**
 * Subscribes to JSON messages of one kind.
 *
 * @param filter of that kind, see Topics.
 * @param take gets each valid message, whether the broker had kept it, and its topic.
 * @param refuse gets the reason, in one sentence, of each that is not valid.
 */
export async function listenTo<Name extends TopicName>(
  link: Link,
  name: Name,
  filter: string,
  take: (message: PayloadOf<Name>, retained: boolean, topic: string) => void,
  refuse: (reason: string) => void = () => {},
): Promise<void> {
  const schema = TOPIC_TABLE[name].payload;
  await link.subscribe(filter, ({ topic, payload, retained }) => {
    const read = readJson(schema, payload, MOST_BYTES);
    if ('reason' in read) refuse(read.reason);
    else take(read.message as PayloadOf<Name>, retained, topic);
  });
}
