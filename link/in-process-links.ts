import { MeshError, reasonOf } from '../contract/errors.js';
import type { BrokerAttachment, BrokerPort, Link, OpenLink } from '../contract/link.js';
import type { Log } from '../contract/log.js';
import { createService } from '../contract/service.js';

export interface InProcessLinkContext {
  readonly port: BrokerPort;
  readonly log: Log;
}

/** Links to the broker inside this process: no socket, no parsing, no reconnecting. */
export function inProcessLinks({ port, log }: InProcessLinkContext): OpenLink {
  return async ({ name, will, birth, kept }, signal) => {
    if (signal.aborted) throw new MeshError('LINK_AWAY', `${name} was stopped before it connected`);
    const attachment = port.attach(will === undefined ? { name } : { name, will });
    const link = createLink(name, attachment);
    // The broker is this process: what it holds for us is gone when we are.
    if (kept !== undefined) await link.subscribe(kept.filter, (message) => void kept.take(message));
    try {
      birth?.(link);
    } catch (error) {
      log.error({ part: name, reason: reasonOf(error) }, 'a birth failed');
    }
    return link;
  };
}

function createLink(name: string, attachment: BrokerAttachment): Link {
  let online = true;
  const service = createService(name, () => {
    online = false;
    return attachment.end(true);
  });
  void attachment.ended.then(() => {
    online = false;
    service.fail(new MeshError('LINK_AWAY', 'the broker in this process has stopped'));
  });
  return {
    get online() {
      return online;
    },
    publish: (topic, payload, options) => online && attachment.publish(topic, payload, options),
    subscribe: (filter, handler) => attachment.subscribe(filter, handler),
    closed: service.closed,
    close: service.close,
  };
}
