import { z } from 'zod';
import type { InputDefinition } from '../adapters.js';
import { nodeNameFault } from '../names.js';
import { fillTemplate, placeholdersOf } from './node-template.js';

/** A node's name, or one with placeholders that stand for the levels of its inputs' topics. */
export const nodeKeySchema = z
  .string()
  .check((context) => {
    const names = placeholdersOf(context.value);
    const filled = fillTemplate(context.value, Object.fromEntries(names.map((name) => [name, 'x'])));
    const expected = nodeNameFault(filled);
    if (expected !== null) context.issues.push({ code: 'custom', message: expected, input: context.value });
  })
  .describe('1 to 64 of A-Za-z0-9._-, not reserved; {device} stands for a level of the topics');

/** What is wrong with an input for the name of its node, where, and what would be right. */
export function templateFaults(
  node: string,
  inputs: Readonly<Record<string, { readonly adapter?: string | undefined }>>,
  definitions: readonly InputDefinition[],
): { readonly path: string[]; readonly message: string }[] {
  const expected = [...new Set(placeholdersOf(node))].sort();
  const said = expected.map((name) => `{${name}}`).join(' and ');
  return Object.entries(inputs).flatMap(([channel, { adapter = '', ...options }]) => {
    const definition = definitions.find(({ name }) => name === adapter);
    const path = ['inputs', channel];
    if (definition?.hears === undefined) {
      if (expected.length === 0) return [];
      const able = definitions.filter(({ hears }) => hears !== undefined).map(({ name }) => name);
      return [
        { path: [...path, 'adapter'], message: `${able.join(' or ')}, because the node is called ${node}` },
      ];
    }
    const found = 'topic' in options ? String(options.topic) : '';
    const names = [...new Set(placeholdersOf(found))].sort();
    if (names.join() === expected.join()) return [];
    const message =
      expected.length === 0
        ? `a topic without {${names[0]}}, or a node whose name has it, such as ${node}-{${names[0]}}`
        : `a topic with ${said}, as the node's name has`;
    return [{ path: [...path, 'topic'], message }];
  });
}
