import type { MeshConfig } from '../contract/config/schema.js';
import { formatTimestamp } from '../contract/instant.js';
import type { GlobalMessage, ZoneMessage } from '../contract/payloads/global.js';
import { createEmergenceRule } from '../kairos/emergence.js';
import { meshCoherence, meshOrder, meshPhase, meshResonance } from '../kairos/mesh-state.js';
import type { MeshSums } from '../kairos/mesh-sums.js';
import { describeWitness } from '../kairos/witness.js';
import type { Counts, Group } from './group.js';

/** What decides, beside the nodes, whether a group is unified, and whether it is collapsed. */
export interface GroupSettings {
  readonly threshold: number;
  /** I_c of |T_sync|^2. */
  readonly collapse: number;
  readonly emergence: MeshConfig['emergence'];
  /** The policy `fail`: no identity while a node that was live is silent. */
  readonly failsWithSilent: boolean;
}

/**
 * The next message of a group, by kairos.md sections 5 and 7. It is a step of the group: its witness learns, and what it
 * says of itself stands in the group.
 */
export function nextMessage(
  group: Group,
  settings: GroupSettings,
  session: string,
  nowSeconds: number,
): GlobalMessage | ZoneMessage {
  const { sums, counts } = group.totals();
  const phase = meshPhase(sums);
  const order = meshOrder(sums);
  group.coherence = meshCoherence(sums);
  group.summed = sums.nodes;
  group.unified = isUnified(group, settings, counts, order);
  group.sequence += 1;
  group.witness.step(phase.real, phase.imag);
  const message: GlobalMessage = {
    coherence: group.coherence,
    phase,
    identity: group.unified ? phase : null,
    threshold: settings.threshold,
    unified: group.unified,
    order: { magnitude: order.magnitude, angle: order.angle, p_chance: order.pChance },
    nodes: { live: counts.live, known: counts.known },
    messages: counts.messages,
    session,
    sequence: group.sequence,
    timestamp: formatTimestamp(nowSeconds),
    ...resonanceOf(group, sums, settings.collapse),
    witness: describeWitness(group.witness),
  };
  return group.zone === null ? message : { ...message, sums: sums.toPlain() };
}

function isUnified(
  group: Group,
  { threshold, emergence, failsWithSilent }: GroupSettings,
  counts: Readonly<Counts>,
  order: ReturnType<typeof meshOrder>,
): boolean {
  if (failsWithSilent && counts.silent > 0) return false;
  const rule = createEmergenceRule({
    threshold,
    hysteresis: Math.min(threshold, emergence.hysteresis),
    minNodes: emergence.min_nodes,
    pChance: emergence.p_chance,
  });
  return rule(group.unified, group.coherence, counts.live, order.pChance, order.effectiveNodes);
}

function resonanceOf(
  group: Group,
  sums: MeshSums,
  collapse: number,
): Pick<GlobalMessage, 'resonance' | 'collapsed'> {
  const resonance = meshResonance(sums);
  group.collapsed = resonance !== null && resonance.power >= collapse;
  if (resonance === null) return {};
  return { resonance: { real: resonance.real, imag: resonance.imag }, collapsed: group.collapsed };
}
