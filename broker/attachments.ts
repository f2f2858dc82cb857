import type { BrokerPort } from '../contract/link.js';
import { type Attachment, type AttachmentParts, createAttachment } from './attachment.js';

/** The sessions inside the broker's own process. */
export interface Attachments {
  readonly port: BrokerPort;
  /** Lets no session publish any more, and publishes their wills, to each other too. */
  publishWills(): Promise<unknown>;
  endAll(): Promise<unknown>;
}

export function createAttachments(parts: AttachmentParts): Attachments {
  const sessions = new Set<Attachment>();
  let closed = false;
  return {
    port: {
      attach({ name, will }) {
        const session = createAttachment(parts, name, will);
        sessions.add(session);
        void session.ended.then(() => sessions.delete(session));
        if (closed) void session.end(true);
        return session;
      },
    },
    publishWills: () => Promise.all([...sessions].map((session) => session.publishWill())),
    endAll() {
      closed = true;
      return Promise.all([...sessions].map((session) => session.end(true)));
    },
  };
}
