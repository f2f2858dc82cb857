import type { Link } from '../contract/link.js';
import { type PayloadOf, publishMessage } from '../contract/messages.js';
import type { TopicName } from '../contract/topic-table.js';
import type { TopicParameters, Topics } from '../contract/topics.js';

/** What an agent and its nodes say to the mesh. What cannot be said now is not kept: at each birth all is said anew. */
export interface Voice {
  /** @returns false when it was not said, because the link is down or cannot keep up. */
  say<Name extends TopicName>(
    name: Name,
    parameters: TopicParameters<Name>,
    message: PayloadOf<Name>,
  ): boolean;
  /** Takes back what the broker keeps on a topic; false as for `say`. */
  takeBack<Name extends TopicName>(name: Name, parameters: TopicParameters<Name>): boolean;
}

/** @param currentLink the link, as soon as there is one. */
export function createVoice(topics: Topics, currentLink: () => Link | undefined): Voice {
  return {
    say(name, parameters, message) {
      const link = currentLink();
      return link !== undefined && publishMessage(link, topics, name, parameters, message);
    },
    takeBack: (name, parameters) =>
      currentLink()?.publish(topics.build(name, parameters), '', { qos: 1, retain: true }) ?? false,
  };
}
