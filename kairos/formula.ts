import type { MathNode } from 'mathjs';

/** The longest formula, in characters. */
const LONGEST_FORMULA = 500;
/** The most parts (numbers, names, operations) of a formula. */
const MOST_FORMULA_PARTS = 100;

/** A number, or a complex one, from one of either. */
const OF_ONE =
  'abs arg cbrt ceil conj cos cosh cube exp expm1 fix floor im log10 log1p log2 re round sign sin sinh sqrt ' +
  'square tan tanh acos acosh asin asinh atan atanh';

/**
 * What a formula may call, with the fewest and the most arguments: numbers in, a number out, bounded work.
 */
const FUNCTIONS: Readonly<Record<string, readonly [number, number]>> = {
  ...Object.fromEntries(OF_ONE.split(' ').map((name) => [name, [1, 1]] as const)),
  atan2: [2, 2],
  complex: [2, 2],
  hypot: [1, 8],
  log: [1, 2],
  max: [1, 8],
  min: [1, 8],
  mod: [2, 2],
  pow: [2, 2],
};

/** Operations by mathjs's names; factorial, transposition, units and bit operators are left out. */
const OPERATIONS = new Set(
  (
    'add subtract multiply divide pow mod unaryMinus unaryPlus ' +
    'larger largerEq smaller smallerEq equal unequal and or xor not'
  ).split(' '),
);

/** Numbers that every formula may name. */
const CONSTANTS = ['i', 'e', 'pi', 'tau', 'phi'];

/** A compiled formula: its value for the variables in `scope`, a number, a boolean or mathjs's complex number. */
export type Formula = (scope: Map<string, number>) => unknown;

/**
 * Loads mathjs (0.8 s at the first call), so that formulas can be compiled at once from then on.
 *
 * @returns a function that compiles a formula over the named variables: at most 500 characters and 100 parts; numbers,
 *   the variables, i, e, pi, tau, phi, arithmetic, comparisons, a ? b : c, and functions from numbers to a number. It
 *   throws RangeError when the text is no formula, too long, or reaches for anything but numbers.
 * @see https://mathjs.org/docs/expressions/security.html
 */
export async function loadFormulas(): Promise<(formula: string, variables: readonly string[]) => Formula> {
  const { parse } = await import('mathjs');
  return (formula, variables) => compileFormula(formula, variables, parse);
}

function compileFormula(
  formula: string,
  variables: readonly string[],
  parse: (text: string) => MathNode,
): Formula {
  if (formula.length > LONGEST_FORMULA) {
    throw new RangeError(`the formula has ${formula.length} characters; it may have ${LONGEST_FORMULA}`);
  }
  try {
    const tree = parse(formula);
    requireArithmetic(tree, new Set([...variables, ...CONSTANTS]));
    const compiled = tree.compile();
    // A formula that cannot be calculated at all (x > i) fails here, and not once a reading.
    compiled.evaluate(new Map(variables.map((name) => [name, 0.5])));
    return (scope) => compiled.evaluate(scope);
  } catch (cause) {
    if (cause instanceof RangeError) throw cause;
    throw new RangeError(`"${formula}" is no formula: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Refuses a parsed formula that could do anything but arithmetic on numbers: an allow-list over its tree.
 *
 * A list of what is forbidden would not do: ones(300, 300) is harmless by name.
 *
 * @param root the tree that mathjs parsed.
 * @throws RangeError that names the first part refused and what is right instead.
 */
function requireArithmetic(root: MathNode, names: ReadonlySet<string>): void {
  let parts = 0;
  const callees = new Set<MathNode>();
  root.traverse((node) => {
    parts++;
    if (parts > MOST_FORMULA_PARTS) {
      throw new RangeError(`the formula has more than ${MOST_FORMULA_PARTS} parts; it must be shorter`);
    }
    const refusal = callees.has(node) ? null : refuse(node, callees, names);
    if (refusal !== null) throw new RangeError(`${refusal} in the formula "${root.toString().slice(0, 80)}"`);
  });
}

/** mathjs declares the fields of its node types loosely; these are the ones looked at. */
interface NodeParts {
  readonly name?: unknown;
  readonly value?: unknown;
  readonly fn?: unknown;
  readonly args?: readonly unknown[];
  readonly op?: unknown;
}

function refuse(node: MathNode, callees: Set<MathNode>, names: ReadonlySet<string>): string | null {
  const { name, value, fn, args = [], op } = node as unknown as NodeParts;
  switch (node.type) {
    case 'ConstantNode':
      if (typeof value === 'number') return null;
      return value === undefined
        ? 'there is nothing'
        : `found ${JSON.stringify(value)} where only numbers are allowed`;
    case 'SymbolNode':
      if (names.has(String(name))) return null;
      return `${String(name)} is not known, only ${[...names].join(', ')} and functions such as sin, exp, abs, min are,`;
    case 'OperatorNode':
      return OPERATIONS.has(String(fn))
        ? null
        : `the operator ${String(op)} is not allowed, only arithmetic is,`;
    case 'FunctionNode':
      callees.add(fn as MathNode);
      return refuseCall(String(name), (fn as MathNode).type, args.length);
    case 'ParenthesisNode':
    case 'ConditionalNode':
    case 'RelationalNode':
      return null;
    default:
      return `a ${node.type} is not allowed, only arithmetic on numbers is,`;
  }
}

function refuseCall(name: string, calleeType: string, argumentCount: number): string | null {
  const range = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (range === undefined || calleeType !== 'SymbolNode') return `the function ${name} is not allowed`;
  const [fewest, most] = range;
  if (argumentCount >= fewest && argumentCount <= most) return null;
  return `${name} takes ${fewest === most ? fewest : `${fewest} to ${most}`} arguments, not ${argumentCount},`;
}
