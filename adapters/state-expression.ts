import { z } from 'zod';
import type { GlobalMessage } from '../contract/payloads/global.js';
import { loadFormulas } from '../kairos/formula.js';

/** What a formula of an output may name: each as in mesh/global, angles in radians, unified 1 or 0. */
const VARIABLES: Readonly<Record<string, (state: GlobalMessage) => number>> = {
  coherence: ({ coherence }) => coherence,
  real: ({ phase }) => phase.real,
  imag: ({ phase }) => phase.imag,
  magnitude: ({ phase }) => Math.hypot(phase.real, phase.imag),
  angle: ({ phase }) => Math.atan2(phase.imag, phase.real),
  unified: ({ unified }) => Number(unified),
  order: ({ order }) => order.magnitude,
};

/** A formula over the mesh's state, in place of a mapping of the seed. */
export const expressionOption = z.string().min(1).max(500);

/** A figure out of the state. */
export type Mapping = (state: GlobalMessage) => number;

/**
 * Makes a mapping out of a user's formula, if there is one; mathjs is loaded only then.
 *
 * @param name of the option, for the sentences.
 * @param formula over coherence, real, imag, magnitude, angle, unified and order.
 * @param seed the mapping without a formula.
 * @returns a function that throws an Error with a sentence where the formula gives no finite real number.
 * @throws RangeError with a sentence when the formula is none.
 */
export async function createMapping(
  name: string,
  formula: string | undefined,
  seed: Mapping,
): Promise<Mapping> {
  if (formula === undefined) return seed;
  const names = Object.keys(VARIABLES);
  const compile = await loadFormulas();
  const evaluate = compileAs(name, () => compile(formula, names));
  const scope = new Map<string, number>();
  return (state) => {
    for (const [variable, figure] of Object.entries(VARIABLES)) scope.set(variable, figure(state));
    const result = evaluate(scope);
    const value = typeof result === 'boolean' ? Number(result) : result;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw new Error(
      `${name}: found ${String(result)} of the formula ${formula}, expected a finite real number`,
    );
  };
}

function compileAs<Result>(name: string, compile: () => Result): Result {
  try {
    return compile();
  } catch (error) {
    throw new RangeError(`${name}: ${(error as Error).message}`, { cause: error });
  }
}
