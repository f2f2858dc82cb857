import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Link } from '../contract/link.js';
import { readMessage } from '../contract/messages.js';
import { newSession, type PartContext } from '../contract/part.js';
import type { EventMessage } from '../contract/payloads/event.js';

/**
 * Hears every event, those too that came while this process was away: the broker keeps them, and forgets one when it
 * has been taken.
 *
 * @param take gets one event at a time, and does not reject.
 * @param dataFolder where the name of the session is kept, made if it is not there.
 */
export async function hearKeptEvents(
  take: (event: EventMessage) => Promise<void>,
  dataFolder: string,
  { topics, openLink, log }: PartContext,
  signal: AbortSignal,
): Promise<Link> {
  const session = await keptSession(dataFolder);
  const filter = topics.build('event', {});
  return openLink(
    {
      name: 'events',
      kept: {
        session,
        filter,
        async take({ payload, retained }) {
          const read = readMessage('event', payload);
          if ('reason' in read) log.debug({ topic: filter, reason: read.reason }, 'message ignored');
          else if (!retained) await take(read.message);
        },
      },
    },
    signal,
  );
}

/** The name of the session with the broker, drawn at the first start. */
async function keptSession(dataFolder: string): Promise<string> {
  const file = join(dataFolder, 'events-session');
  const known = await readFile(file, 'utf8').catch(() => '');
  if (/^[0-9a-f]{8}$/.test(known)) return known;
  const session = newSession();
  await mkdir(dataFolder, { recursive: true });
  await writeFile(file, session);
  return session;
}
