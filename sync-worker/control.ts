import { reasonOf } from '../contract/errors.js';
import type { Link, LinkMessage } from '../contract/link.js';
import { publishMessage, readMessage } from '../contract/messages.js';
import type { PartContext } from '../contract/part.js';
import { type SyncResultMessage, syncSetSchema } from '../contract/payloads/sync.js';
import { TOPIC_TABLE } from '../contract/topic-table.js';
import { readJson } from '../contract/wire.js';
import type { Leadership } from './leadership.js';
import type { SettingsStore } from './settings.js';

/** Obeys mesh/sync/set and answers on mesh/sync/result. */
export async function obeySettings(
  link: Link,
  context: PartContext,
  settings: SettingsStore,
  changed: () => void,
): Promise<void> {
  const answer = (result: SyncResultMessage): void => {
    publishMessage(link, context.topics, 'syncResult', {}, result);
  };
  const obey = async (payload: Uint8Array): Promise<void> => {
    const read = readMessage('syncSet', payload);
    if ('reason' in read) return answer({ status: 'error', error: read.reason, ...transactionOf(payload) });
    const { transaction, ...change } = read.message;
    const echo = transaction === undefined ? {} : { transaction };
    try {
      const data = await settings.change(change);
      context.log.info(data, 'settings changed');
      changed();
      answer({ status: 'ok', data, ...echo });
    } catch (error) {
      answer({ status: 'error', error: reasonOf(error), ...echo });
    }
  };
  await link.subscribe(context.topics.build('syncSet', {}), ({ payload, retained }: LinkMessage) => {
    if (!retained) void obey(payload);
  });
}

/** Follows what other sync workers on this mesh say of themselves. */
export async function followLeaders(link: Link, context: PartContext, leadership: Leadership): Promise<void> {
  await link.subscribe(context.topics.build('syncStatus', {}), ({ payload, retained }: LinkMessage) => {
    const read = readMessage('syncStatus', payload);
    if (!retained && 'message' in read) leadership.hear(read.message);
  });
}

/** The transaction of a message that is wrong elsewhere, so that its sender can tell whose answer it is. */
function transactionOf(payload: Uint8Array): { transaction: string | number } | Record<string, never> {
  const read = readJson(
    syncSetSchema.pick({ transaction: true }).strip(),
    payload,
    TOPIC_TABLE.syncSet.mostBytes,
  );
  return 'message' in read && read.message.transaction !== undefined
    ? { transaction: read.message.transaction }
    : {};
}
