import type { MathNode } from 'mathjs';

/** The longest formula, in characters. */
export const LONGEST_FORMULA = 500;
/** The most parts (numbers, names, operations) of a formula. */
export const MOST_FORMULA_PARTS = 100;

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

/** The reading, its instant in Unix seconds, the seconds since the last reading, and constants. */
const NAMES = new Set(['x', 't', 'dt', 'i', 'e', 'pi', 'tau', 'phi']);

const ALLOWED_NAMES = `${[...NAMES].join(', ')} and functions such as sin, exp, abs, min`;

/**
 * Refuses a parsed formula that could do anything but arithmetic on numbers: an allow-list over its tree.
 *
 * A list of what is forbidden would not do: ones(300, 300) is harmless by name.
 *
 * @param root the tree that mathjs parsed.
 * @throws RangeError that names the first part refused and what is right instead.
 */
export function requireArithmetic(root: MathNode): void {
  let parts = 0;
  const callees = new Set<MathNode>();
  root.traverse((node) => {
    parts++;
    if (parts > MOST_FORMULA_PARTS) {
      throw new RangeError(`the formula has more than ${MOST_FORMULA_PARTS} parts; it must be shorter`);
    }
    const refusal = callees.has(node) ? null : refuse(node, callees);
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

function refuse(node: MathNode, callees: Set<MathNode>): string | null {
  const { name, value, fn, args = [], op } = node as unknown as NodeParts;
  switch (node.type) {
    case 'ConstantNode':
      if (typeof value === 'number') return null;
      return value === undefined
        ? 'there is nothing'
        : `found ${JSON.stringify(value)} where only numbers are allowed`;
    case 'SymbolNode':
      return NAMES.has(String(name)) ? null : `${String(name)} is not known, only ${ALLOWED_NAMES} are,`;
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
