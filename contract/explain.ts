import type { z } from 'zod';

/** One thing that is wrong with a value: where, what was found, what would be right. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly found: string;
  readonly expected: string;
}

const KEYS_PREFIX = 'one of ';
const TYPE_NAMES: Readonly<Record<string, string>> = {
  number: 'a finite number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  null: 'null',
};

/**
 * What is wrong with `input`, by the schema that refused it.
 *
 * @returns the faults, most specific first; empty when the schema accepts the input after all.
 */
export function faultsOf(schema: z.ZodType, input: unknown): Fault[] {
  const result = schema.safeParse(input, { error: expectedOf });
  return result.success ? [] : result.error.issues.flatMap((issue) => faultsOfIssue(issue, input, []));
}

/** All faults in one sentence, for a log line or a reason on the wire. */
export function explain(schema: z.ZodType, input: unknown): string {
  return faultsOf(schema, input)
    .slice(0, 5)
    .map(
      ({ path, found, expected }) =>
        `${path.length === 0 ? '' : `${path.join('.')}: `}found ${found}, expected ${expected}`,
    )
    .join('; ');
}

/** A value as a person would write it, cut to a length that fits a line. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = String(value);
  }
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function faultsOfIssue(issue: z.core.$ZodIssue, input: unknown, base: readonly PropertyKey[]): Fault[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'invalid_union') {
    const deepest = issue.errors
      .map((issues) => issues.flatMap((inner) => faultsOfIssue(inner, input, path)))
      .sort((a, b) => depth(b) - depth(a))[0];
    if (deepest !== undefined && depth(deepest) > path.length) return deepest;
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      found: `the unknown key ${show(key)}`,
      expected: nearest(key, issue.message) ?? issue.message,
    }));
  }
  const found = issue.code === 'invalid_key' ? path.at(-1) : valueAt(input, path);
  return [{ path, found: show(found), expected: issue.message }];
}

function depth(faults: readonly Fault[]): number {
  return Math.max(0, ...faults.map(({ path }) => path.length));
}

/** The known key that was probably meant, out of the sentence that lists them. */
function nearest(key: string, expected: string): string | null {
  const known = expected.replace(KEYS_PREFIX, '').split(', ');
  const near = known.find((name) => distance(name, key) <= 2);
  return near === undefined ? null : `perhaps ${show(near)}`;
}

/** Edits (insert, delete, replace) between two short words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The value at the path, or the one on the way that is not a container. */
function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return value;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** What would be right, in words, for an issue whose schema does not say it itself. */
function expectedOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_NAMES[issue.expected] ?? issue.expected;
    case 'too_big':
      return `${amount(issue.origin)} ${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}`;
    case 'too_small':
      return `${amount(issue.origin)} ${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? show(issue.values[0])
        : `one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'a legal name';
    case 'invalid_union':
      return unionOptions(issue);
    case 'unrecognized_keys':
      return knownKeys(issue);
    default:
      return undefined;
  }
}

function knownKeys(issue: z.core.$ZodRawIssue): string {
  const shape = (issue.inst as z.core.$ZodObject | undefined)?._zod.def.shape ?? {};
  return `${KEYS_PREFIX}${Object.keys(shape).join(', ')}`;
}

function unionOptions(issue: z.core.$ZodRawIssue): string | undefined {
  const union = issue.inst as z.core.$ZodDiscriminatedUnion | undefined;
  const key = union?._zod.def.discriminator;
  if (key === undefined) return undefined;
  const values =
    union?._zod.def.options.flatMap((option) => [...(option._zod.propValues?.[key] ?? [])]) ?? [];
  return `one of ${values.filter((value) => value !== undefined).join(', ')}`;
}

function amount(origin: string): string {
  if (origin === 'string') return 'a length of';
  if (origin === 'array' || origin === 'set') return 'a number of entries';
  return 'a number';
}
