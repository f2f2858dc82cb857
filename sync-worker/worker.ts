import { nodeConfigOf, weightOf } from '../contract/config/resolve.js';
import type { Config } from '../contract/config/schema.js';
import type { PartContext } from '../contract/part.js';
import type { SyncStatusMessage } from '../contract/payloads/sync.js';
import { createRejections } from '../contract/rejections.js';
import { createService, type Service } from '../contract/service.js';
import { Attendance } from './attendance.js';
import { Bonds } from './bonds.js';
import { followLeaders, obeySettings } from './control.js';
import { runDeadlines } from './deadlines.js';
import { Events } from './events.js';
import { Evidence } from './evidence.js';
import { GroupPublisher } from './group-publisher.js';
import { createGroups } from './groups.js';
import { createLeadership, LEADER_HEARTBEAT_SECONDS } from './leadership.js';
import { Listener, type Reject } from './listener.js';
import { Mesh } from './mesh.js';
import { createPacer } from './pacer.js';
import { openSettings, type SettingsStore } from './settings.js';
import { describeStatus } from './status.js';
import { Voice } from './voice.js';

export interface SyncWorkerOptions {
  readonly config: Pick<Config, 'mesh' | 'zones' | 'nodes' | 'hardware' | 'we'>;
  /** Where settings made at run time are kept; undefined keeps them until the worker stops. */
  readonly settingsFile: string | undefined;
}

/**
 * Combines all nodes' phases into one global phase and coherence, and says when they are one.
 *
 * @returns once it serves: subscriptions stand, mesh/sync/status says online, the first mesh/global is out.
 * @throws MeshError LINK_REFUSED or LINK_AWAY when there is no way to the mesh.
 * @see seed, step 3 `synchronize`; kairos.md, sections 5 and 9.
 */
export async function startSyncWorker(
  options: SyncWorkerOptions,
  context: PartContext,
  signal: AbortSignal,
): Promise<Service> {
  const settings = await openSettings(options.settingsFile, options.config.mesh, context.log);
  const parts = assemble(options.config, context, settings);
  const { mesh, voice, listener, leadership, announce } = parts;
  const { topics, session } = context;
  const offline: SyncStatusMessage = { state: 'offline', session };
  const link = await context.openLink(
    {
      name: 'sync-worker',
      will: { topic: topics.build('syncStatus', {}), payload: JSON.stringify(offline), qos: 1, retain: true },
      birth: () => {
        for (const node of mesh.nodes) node.echoes = 0;
        announce();
      },
    },
    signal,
  );
  voice.link = link;
  await listener.listen(link);
  await obeySettings(link, context, settings, announce);
  await followLeaders(link, context, leadership);
  voice.serving = true;
  announce();
  const stopDeadlines = runDeadlines(mesh, context.clock);
  const service = createService('sync-worker', () => {
    stopDeadlines();
    parts.stop();
    voice.say('syncStatus', {}, offline);
    return link.close();
  });
  void link.closed.then((error) => (error === undefined ? service.close() : service.fail(error)));
  return service;
}

/** Puts the parts together, none of which speaks before the voice serves. */
function assemble(config: SyncWorkerOptions['config'], context: PartContext, settings: SettingsStore) {
  const { clock, log, session } = context;
  const voice = new Voice(context);
  const events = new Events(context, voice);
  const evidence = new Evidence();
  const attendance = new Attendance(voice, events, evidence, log);
  const publisher = new GroupPublisher(context, config.mesh, settings, voice, events, evidence);
  const nodeZones = { get: (node: string) => nodeConfigOf(node, config.nodes)?.zone };
  const mesh = new Mesh({
    stale: config.mesh.stale,
    groups: createGroups(config.zones, nodeZones, (group) => publisher.add(group)),
    weightOf: (node) => weightOf(node, config),
    observer: attendance,
    nowSeconds: clock.monotonicSeconds(),
  });
  const bonds = new Bonds(config.we, context, mesh, voice, events, () => settings.current.threshold);
  publisher.onStep = () => bonds.step();
  const rejections = createRejections((node, message) => voice.say('error', { node }, message), clock);
  const reject: Reject = (node, topic, reason) => {
    log.debug({ node, topic, reason }, 'message rejected');
    rejections.reject(node, topic, reason);
    status.touch();
  };
  const listener = new Listener(context, mesh, reject, (node) =>
    attendance.agentGone(node, mesh, clock.monotonicSeconds()),
  );
  const status = createPacer({
    clock,
    ratePerSecond: () => 1,
    heartbeatSeconds: LEADER_HEARTBEAT_SECONDS,
    publish: () =>
      voice.say('syncStatus', {}, describeStatus(context, listener.received, rejections, mesh.nodes)),
  });
  const announce = (): void => {
    status.flush();
    attendance.repeat(mesh.nodes);
    events.flush();
    publisher.flush();
  };
  const leadership = createLeadership({
    session,
    clock,
    log,
    assert: () => status.flush(),
    changed: (leads) => {
      voice.leads = leads;
      announce();
    },
  });
  const stop = (): void => {
    mesh.clear();
    publisher.flush();
    publisher.stop();
    status.stop();
    leadership.stop();
  };
  return { mesh, voice, listener, leadership, announce, stop };
}
