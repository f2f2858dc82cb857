import { setTimeout as wait } from 'node:timers/promises';
import { startBroker } from '../../broker/broker.js';
import { systemClock } from '../../contract/clock.js';
import { parseConfig } from '../../contract/config/load.js';
import { createConfigSchema } from '../../contract/config/schema.js';
import { silentLog } from '../../contract/log.js';
import { createTopics } from '../../contract/topics.js';
import { inProcessLinks } from '../../link/in-process-links.js';
import { startSyncWorker } from '../../sync-worker/worker.js';
import { mosquittoPub, mosquittoSub, type Subscription } from '../support/mosquitto-clients.js';

const schema = createConfigSchema([], []);

/** A broker, with mosquitto_sub on all of the mesh; workers and publishers come as a test needs them. */
export async function startWorld() {
  const log = silentLog;
  const options = { listen: ['mqtt://127.0.0.1:0'], allowAnonymous: false, version: 'test' };
  const broker = await startBroker(options, { log, clock: systemClock });
  const port = Number(broker.addresses[0]?.split(':').at(-1));
  const openLink = inProcessLinks({ port: broker.port, log });
  const aborter = new AbortController();
  const mesh = await mosquittoSub(port, 'mesh/#');
  const publisher = await openLink({ name: 'publisher' }, aborter.signal);
  return {
    port,
    mesh,
    openLink,
    signal: aborter.signal,
    /** Starts a sync worker with that configuration, as YAML. */
    worker: (yaml = '', session = 'test', settingsFile?: string) => {
      const config = parseConfig(yaml, 'test.yaml', schema);
      const context = {
        topics: createTopics(config.mesh.prefix),
        openLink,
        clock: systemClock,
        log,
        session,
        version: '1.2.3',
      };
      return startSyncWorker({ config, settingsFile }, context, aborter.signal);
    },
    publish: (topic: string, message: unknown, retain = false) =>
      publisher.publish(topic, typeof message === 'string' ? message : JSON.stringify(message), {
        qos: 0,
        retain,
      }),
    /** Publishes a phase: with `coherence` alone, it is steady at angle 0. */
    phase: (node: string, phase: object) =>
      publisher.publish(`mesh/${node}/phase`, JSON.stringify(phase), { qos: 0, retain: false }),
    pub: (topic: string, message: string, ...more: string[]) => mosquittoPub(port, topic, message, ...more),
    async [Symbol.asyncDispose]() {
      aborter.abort();
      await mesh[Symbol.asyncDispose]();
      await broker.close();
    },
  };
}

/** All that was heard on a topic so far, as JSON; after `seconds` of listening on. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into messages of every kind
export async function heardOn({ heard }: Subscription, topic: string, seconds = 0): Promise<any[]> {
  if (seconds > 0) await wait(seconds * 1000);
  return heard.filter((one) => one.topic === topic && one.text !== '').map(({ text }) => JSON.parse(text));
}

export const at = (real: number, imag: number, coherence?: number, more: object = {}): object => ({
  phase: { real, imag },
  ...(coherence === undefined ? {} : { coherence }),
  ...more,
});
