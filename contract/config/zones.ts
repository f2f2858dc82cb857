import { z } from 'zod';
import { zoneNameSchema } from '../names.js';

const zoneSchema = z.strictObject({
  nodes: z.array(z.string().min(1)).default([]).describe('node names, * for any run of characters'),
  parent: zoneNameSchema.optional(),
});

/** Zones by name; a zone's nodes are those that match its globs, and all of its children's. */
export const zonesSchema = z.record(zoneNameSchema, zoneSchema).superRefine((zones, context) => {
  for (const name of Object.keys(zones)) {
    const fault = parentFault(zones, name);
    if (fault !== null) context.addIssue({ code: 'custom', path: [name, 'parent'], message: fault });
  }
});
export type ZonesConfig = z.output<typeof zonesSchema>;

function parentFault(
  zones: Readonly<Record<string, { readonly parent?: string | undefined }>>,
  name: string,
): string | null {
  const seen = new Set([name]);
  for (let parent = zones[name]?.parent; parent !== undefined; parent = zones[parent]?.parent) {
    if (!Object.hasOwn(zones, parent)) return `one of ${Object.keys(zones).join(', ')}`;
    if (seen.has(parent)) return 'a parent that is not the zone itself or below it';
    seen.add(parent);
  }
  return null;
}

/** Finds the zone whose globs match a node's name, the first in the order of the configuration. */
export function createZoneMatcher(zones: ZonesConfig): (node: string) => string | null {
  const globs = Object.entries(zones).flatMap(([zone, { nodes }]) =>
    nodes.map((glob) => ({ zone, pattern: new RegExp(`^${glob.split('*').map(escapeRegExp).join('.*')}$`) })),
  );
  return (node) => globs.find(({ pattern }) => pattern.test(node))?.zone ?? null;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
