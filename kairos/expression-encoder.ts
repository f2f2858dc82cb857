import type { Encoder } from './encoder.js';
import { createDisciplinedEncoder, type EncoderKernel, type Reading } from './encoder-discipline.js';
import { type Formula, loadFormulas } from './formula.js';

/** A formula of the user's. */
export interface ExpressionOptions {
  /**
   * Over x (the reading), t (Unix seconds) and dt (seconds since the last reading, 0 at the first):
   * `exp(i*2*pi*x/24)`.
   */
  readonly formula: string;
}

/** What a compiled formula is asked with. */
type Scope = Map<string, number>;
const VARIABLES = ['x', 't', 'dt'];

/**
 * Creates an encoder from a formula, real or complex, parsed and compiled once; loads mathjs (0.8 s) at the
 * first call.
 *
 * true and false count as 1 and 0. A reading whose result is not a finite number is rejected. 0.3 to 1.5 us a
 * reading.
 *
 * @param options at most 500 characters and 100 parts; numbers, x, t, dt, i, e, pi, tau, phi, arithmetic,
 *   comparisons, a ? b : c, and functions from numbers to a number.
 * @throws RangeError when the formula is no formula, too long, or reaches for anything but numbers.
 * @see kairos.md, section 1; https://mathjs.org/docs/expressions/security.html
 */
export async function createExpressionEncoder(options: ExpressionOptions): Promise<Encoder> {
  return (await loadExpressionEncoders())(options);
}

/**
 * Loads mathjs (0.8 s at the first call), so that encoders can be made at once from then on.
 *
 * @returns what {@link createExpressionEncoder} does, without waiting.
 */
export async function loadExpressionEncoders(): Promise<(options: ExpressionOptions) => Encoder> {
  const compile = await loadFormulas();
  return ({ formula }) =>
    createDisciplinedEncoder('expression', new ExpressionKernel(compile(formula, VARIABLES)));
}

function createScope(x: number, t: number, dt: number): Scope {
  return new Map([
    ['x', x],
    ['t', t],
    ['dt', dt],
  ]);
}

class ExpressionKernel implements EncoderKernel {
  readonly usesImag = false;
  readonly hasSums = false;
  private readonly evaluate: Formula;
  private readonly scope = createScope(0, 0, 0);

  constructor(evaluate: Formula) {
    this.evaluate = evaluate;
  }

  start(reading: Reading): void {
    this.step(reading);
  }

  step(reading: Reading): void {
    this.scope.set('x', reading.real);
    this.scope.set('t', reading.wholeSeconds + reading.fraction);
    this.scope.set('dt', reading.dtSeconds);
    setPhase(reading, this.calculate());
  }

  private calculate(): unknown {
    try {
      return this.evaluate(this.scope);
    } catch {
      return Number.NaN;
    }
  }
}

function setPhase(reading: Reading, result: unknown): void {
  reading.phaseImag = 0;
  if (typeof result === 'number' || typeof result === 'boolean') {
    reading.phaseReal = Number(result);
  } else if (typeof result === 'object' && result !== null && 're' in result && 'im' in result) {
    reading.phaseReal = Number(result.re);
    reading.phaseImag = Number(result.im);
  } else {
    reading.phaseReal = Number.NaN;
  }
}
