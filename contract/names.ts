import { z } from 'zod';

const LEGAL_NAME = /^[A-Za-z0-9._-]{1,64}$/;

/** First levels under the prefix that belong to the mesh itself. */
export const RESERVED_NODE_NAMES: ReadonlySet<string> = new Set([
  'global',
  'zone',
  'we',
  'memory',
  'event',
  'sync',
  'witness',
  'bridge',
  'output',
  'agent',
]);

/** Zone names that would make `<prefix>/zone/<zone>` look like a node's own topic. */
export const RESERVED_ZONE_NAMES: ReadonlySet<string> = new Set([
  'phase',
  'info',
  'input',
  'availability',
  'error',
  'set',
  'resonance',
  'status',
]);

/** What is wrong with a node's name, in words; null when it is legal. */
export function nodeNameFault(name: string): string | null {
  if (!LEGAL_NAME.test(name)) return 'a name of 1 to 64 letters, digits, dots, underscores or hyphens';
  if (RESERVED_NODE_NAMES.has(name))
    return `a node name that is not reserved (${[...RESERVED_NODE_NAMES].join(', ')})`;
  return null;
}

/** What is wrong with a zone's name, in words; null when it is legal. */
export function zoneNameFault(name: string): string | null {
  if (!LEGAL_NAME.test(name)) return 'a name of 1 to 64 letters, digits, dots, underscores or hyphens';
  if (RESERVED_ZONE_NAMES.has(name))
    return `a zone name that is not reserved (${[...RESERVED_ZONE_NAMES].join(', ')})`;
  return null;
}

/** A name as the mesh allows it, made of any text: other characters become hyphens. */
export function toLegalName(text: string, maxLength = 64): string {
  const legal = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, maxLength);
  return legal === '' || RESERVED_NODE_NAMES.has(legal) ? `node-${legal}`.slice(0, maxLength) : legal;
}

function checked(fault: (name: string) => string | null): z.ZodString {
  return z.string().check((context) => {
    const expected = fault(context.value);
    if (expected !== null) context.issues.push({ code: 'custom', message: expected, input: context.value });
  });
}

export const nodeNameSchema = checked(nodeNameFault).describe('1 to 64 of A-Za-z0-9._-, not reserved');
export const zoneNameSchema = checked(zoneNameFault).describe('1 to 64 of A-Za-z0-9._-, not reserved');
/** A channel, output or agent: any legal name. */
export const plainNameSchema = z
  .string()
  .regex(LEGAL_NAME, 'a name of 1 to 64 letters, digits, dots, underscores or hyphens');
