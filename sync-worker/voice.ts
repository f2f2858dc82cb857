import type { Link } from '../contract/link.js';
import { type PayloadOf, publishMessage } from '../contract/messages.js';
import type { PartContext } from '../contract/part.js';
import type { TopicName } from '../contract/topic-table.js';
import type { TopicParameters } from '../contract/topics.js';

/** What the worker says to the mesh: nothing before it serves, and nothing while another speaks for the mesh. */
export class Voice {
  link: Link | undefined;
  serving = false;
  leads = true;
  private readonly context: PartContext;

  constructor(context: PartContext) {
    this.context = context;
  }

  /** @returns false when it was not said, or dropped by the link. */
  say<Name extends TopicName>(
    name: Name,
    parameters: TopicParameters<Name>,
    message: PayloadOf<Name>,
  ): boolean {
    if (this.link === undefined || !this.serving || !this.leads) return false;
    return publishMessage(this.link, this.context.topics, name, parameters, message);
  }
}
