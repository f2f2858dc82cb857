import type { GlobalMessage } from '../contract/payloads/global.js';
import type { Complex } from '../contract/payloads/phase.js';
import { hueOf } from './mesh-swatch.js';

/** A complex number to two decimals, e.g. `0.79-0.25i`. */
export function complexText({ real, imag }: Complex): string {
  const imagText = fixed(imag);
  return `${fixed(real)}${imagText.startsWith('-') ? '' : '+'}${imagText}i`;
}

/** Who the mesh is: `unified 0.79+0.25i`, or `not yet one`. */
export function identityText({ identity }: GlobalMessage): string {
  return identity === null ? 'not yet one' : `unified ${complexText(identity)}`;
}

/** The chance in three decimals; one too small for them as `<0.001`. */
export function chanceText(chance: number): string {
  return chance < 0.001 ? '<0.001' : chance.toFixed(3);
}

/** How far the angles agree, and how many nodes there are. */
export function agreementText({ order, nodes }: GlobalMessage): string {
  const live = `${nodes.live} live of ${nodes.known} known`;
  return `order ${order.magnitude.toFixed(2)}   p_chance ${chanceText(order.p_chance)}   nodes ${live}`;
}

/** A whole state in one plain line. */
export function stateLine(state: GlobalMessage): string {
  const coherence = `coherence ${state.coherence.toFixed(3)}   threshold ${state.threshold}`;
  return `${coherence}   ${agreementText(state)}   hue ${hueOf(state.phase).toFixed(0)}   ${identityText(state)}`;
}

/** Two decimals, without a minus before what rounds to nothing. */
function fixed(value: number): string {
  const text = value.toFixed(2);
  return text === '-0.00' ? '0.00' : text;
}
