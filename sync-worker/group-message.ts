import type { MeshConfig } from '../contract/config/schema.js';
import { formatTimestamp } from '../contract/instant.js';
import type { GlobalMessage, ZoneMessage } from '../contract/payloads/global.js';
import { createEmergenceRule } from '../kairos/emergence.js';
import { meshCoherence, meshOrder, meshPhase } from '../kairos/mesh-state.js';
import type { Group } from './group.js';

/** What decides, beside the nodes, whether a group is unified. */
export interface EmergenceSettings {
  readonly threshold: number;
  readonly emergence: MeshConfig['emergence'];
  /** The policy `fail`: no identity while a node that was live is silent. */
  readonly failsWithSilent: boolean;
}

/** The state of a group now, by kairos.md section 5; also moves the group's `unified` and `sequence` on. */
export function describeGroup(
  group: Group,
  settings: EmergenceSettings,
  session: string,
  nowSeconds: number,
): GlobalMessage | ZoneMessage {
  const { sums, counts } = group.totals();
  const phase = meshPhase(sums);
  const coherence = meshCoherence(sums);
  const order = meshOrder(sums);
  const { threshold, emergence } = settings;
  const isUnified = createEmergenceRule({
    threshold,
    hysteresis: Math.min(threshold, emergence.hysteresis),
    minNodes: emergence.min_nodes,
    pChance: emergence.p_chance,
  });
  const complete = !(settings.failsWithSilent && counts.silent > 0);
  group.unified =
    complete && isUnified(group.unified, coherence, counts.live, order.pChance, order.effectiveNodes);
  group.sequence += 1;
  const message: GlobalMessage = {
    coherence,
    phase,
    identity: group.unified ? phase : null,
    threshold,
    unified: group.unified,
    order: { magnitude: order.magnitude, angle: order.angle, p_chance: order.pChance },
    nodes: { live: counts.live, known: counts.known },
    messages: counts.messages,
    session,
    sequence: group.sequence,
    timestamp: formatTimestamp(nowSeconds),
  };
  return group.zone === null ? message : { ...message, sums: sums.toPlain() };
}
