import { z } from 'zod';
import type { GlobalMessage } from '../contract/payloads/global.js';

/** What a template may hold in braces, and what stands there; phase and order as in mesh/global, angle in radians. */
const PLACEHOLDERS = new Map<string, (state: GlobalMessage) => string>([
  ['coherence', ({ coherence }) => numberText(coherence)],
  ['real', ({ phase }) => numberText(phase.real)],
  ['imag', ({ phase }) => numberText(phase.imag)],
  ['magnitude', ({ phase }) => numberText(Math.hypot(phase.real, phase.imag))],
  ['angle', ({ phase }) => numberText(Math.atan2(phase.imag, phase.real))],
  ['order', ({ order }) => numberText(order.magnitude)],
  ['p_chance', ({ order }) => numberText(order.p_chance)],
  ['live', ({ nodes }) => String(nodes.live)],
  ['known', ({ nodes }) => String(nodes.known)],
  ['unified', ({ unified }) => String(unified)],
  ['threshold', ({ threshold }) => numberText(threshold)],
  ['timestamp', ({ timestamp }) => String(timestamp)],
]);
const NAMES = [...PLACEHOLDERS.keys()].map((name) => `{${name}}`).join(', ');
/** A word in braces; other braces stand for themselves, so that a line of JSON can be a template. */
const PLACEHOLDER = /\{(\w+)\}/g;

/** A line with placeholders; one that is not known is a fault that names its place. */
export const templateSchema = z
  .string()
  .min(1)
  .max(1000)
  .superRefine((template, context) => {
    for (const { 0: found, 1: name = '', index } of template.matchAll(PLACEHOLDER)) {
      if (PLACEHOLDERS.has(name)) continue;
      const message = `one of ${NAMES} instead of ${found} at character ${index + 1}`;
      context.addIssue({ code: 'custom', message });
    }
  })
  .describe(`a line of text with ${NAMES}`);

/** The template with the state's figures in place of its placeholders. */
export function fillTemplate(template: string, state: GlobalMessage): string {
  return template.replace(PLACEHOLDER, (found, name: string) => PLACEHOLDERS.get(name)?.(state) ?? found);
}

/** Six significant digits at most. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(6)));
}
