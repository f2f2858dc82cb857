import type { GlobalMessage } from '../contract/payloads/global.js';
import { createMapping, type Mapping } from './state-expression.js';
import { fillTemplate } from './text-template.js';
import { checkJson } from './webhook-template.js';

export interface StateBodyOptions {
  readonly value?: string | undefined;
  readonly template?: string | undefined;
}

/** What is posted for a state, and the figure that says whether it has changed. */
export interface StateBody {
  readonly bodyOf: (state: GlobalMessage) => string;
  /** The user's formula, else coherence. */
  readonly figureOf: Mapping;
}

/** Any state, to see whether a template gives JSON. */
const SAMPLE: GlobalMessage = {
  coherence: 0.5,
  phase: { real: -0.5, imag: -0.5 },
  identity: null,
  threshold: 0.75,
  unified: false,
  order: { magnitude: 0.5, angle: -0.5, p_chance: 0.5 },
  nodes: { live: 2, known: 3 },
  messages: 4,
  session: 'k3f9',
  sequence: 5,
  timestamp: '2026-02-19T23:00:00Z',
};

/**
 * The user's template, else the seed's JSON, with the value of the user's formula where there is one.
 *
 * @throws Error with a sentence when the formula is none, or the template is to be JSON and is not.
 * @see seed, OutputAdapter: the payload of api.
 */
export async function createStateBody(
  { value: formula, template }: StateBodyOptions,
  isJson: boolean,
): Promise<StateBody> {
  const figureOf = await createMapping('value', formula, ({ coherence }) => coherence);
  if (template !== undefined) {
    if (isJson) checkJson('template', fillTemplate(template, SAMPLE));
    return { figureOf, bodyOf: (state) => fillTemplate(template, state) };
  }
  return {
    figureOf,
    bodyOf(state) {
      const { coherence, phase } = state;
      const { real, imag } = phase;
      const value = formula === undefined ? {} : { value: figureOf(state) };
      return JSON.stringify({ coherence, phase: { real, imag }, ...value });
    },
  };
}
